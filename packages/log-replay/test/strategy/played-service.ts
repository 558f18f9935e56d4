import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openNdjsonSnapshots, type LongWork } from '@eventmend/core';
import {
  openProcessedLedger,
  openRecordedOutputs,
  standardLedgerMapping,
  standardOutputMapping,
  type RecordSettings,
  type RecoveryInputs,
} from '@eventmend/core/engine';
import {
  diagnose,
  diagnosisFiles,
  readFaults,
  type Diagnosis,
  type DiagnoseOptions,
  type Fault,
  type Undetermined,
} from '@eventmend/log-replay';
import { epoch, type Fixture, type FixtureEvent } from './replay-fixture.js';

/** What the events of these services say: a number is added to the balance of a key. `n` is the order. */
export interface Booking {
  readonly n: number;
  readonly key: string;
  readonly add: number;
}

/** Bookings over some partitions and keys, by a rule and not by chance; each is a second after the one before. */
export function bookings(count: number, { partitions = 2, keys = 5, ids = false } = {}): readonly FixtureEvent[] {
  return Array.from({ length: count }, (_, n): FixtureEvent => ({
    partition: n % partitions,
    time: epoch + n * 1000,
    value: { n, key: keyOf(n, keys), add: ((n * 31) % 50) + 1 } satisfies Booking,
    ...(ids ? { id: `b-${n}` } : {}),
  }));
}

export function keyOf(n: number, keys = 5): string {
  return `k${(n * 7) % keys}`;
}

/** One handling of the event `n` by the live service; what is not said was right. */
export interface Handled {
  readonly n: number;
  /** The service believed that this was to be added. */
  readonly add?: number;
  /** How often its outputs were sent. */
  readonly sent?: number;
  /** Leaves it out of the ledger. */
  readonly unlisted?: boolean;
}

/** All events up to an end, each once and in order. */
export function healthy(count: number): Handled[] {
  return Array.from({ length: count }, (_, n) => ({ n }));
}

/** The arithmetic of a service, written apart from its worker. */
export interface ServiceRule<State> {
  readonly initial: State;
  next(state: State, booking: Booking): State;
  /** Names and values of the outputs. */
  outputs(state: State, booking: Booking): readonly (readonly [output: string, value: unknown])[];
}

export interface Account {
  readonly balance: number;
  readonly seen: number;
}

/** Which of two bookings comes first makes a difference; and so does everything else that can happen to one. */
export const accountRule: ServiceRule<Account> = {
  initial: { balance: 0, seen: 0 },
  next: ({ balance, seen }, { add }) => ({ balance: (balance * 7 + add) % 100_003, seen: seen + 1 }),
  outputs: ({ balance, seen }) => [['booked', { balance, seen }]],
};

/** The worker that does the same as `accountRule`. `declares` goes into the declaration of the output, `more` beside. */
export function accountWorker(declares = '', more = ''): string {
  return `{
    name: 'accounts', version: '1.0.0',
    key: (event) => event.value.key,
    initial: () => ({ balance: 0, seen: 0 }),
    outputs: { booked: { kind: 'event', ${declares} } },
    evolve({ balance, seen }, { value }, context) {
      const next = { balance: (balance * 7 + value.add) % 100003, seen: seen + 1 };
      context.emit('booked', next);
      return next;
    },
    ${more}
  }`;
}

export const revealing = "reveals: [{ fields: { balance: 'balance', seen: 'seen' } }],";

/** Everything that a service left. */
export interface Played<State> {
  readonly outputs: readonly Record<string, unknown>[];
  readonly ledger: readonly Record<string, unknown>[];
  readonly states: Readonly<Record<string, State>>;
  /** Next offsets behind all events that were handled. */
  readonly next: readonly number[];
}

/** Plays a service: it handles what it is told to, in this order. */
export function played<State>(
  events: readonly FixtureEvent[],
  handlings: readonly Handled[],
  rule: ServiceRule<State>,
): Played<State> {
  const offsets = offsetsOf(events);
  const states: Record<string, State> = {};
  const outputs: Record<string, unknown>[] = [];
  const ledger: Record<string, unknown>[] = [];
  const next: number[] = [];
  for (const { partition = 0 } of events) next[partition] = 0;
  for (const { n, add, sent = 1, unlisted = false } of handlings) {
    const { partition = 0, time, value } = events[n] as FixtureEvent;
    const booking = value as Booking;
    const offset = offsets[n] as number;
    const believed = add === undefined ? booking : { ...booking, add };
    const state = rule.next(states[booking.key] ?? rule.initial, believed);
    states[booking.key] = state;
    next[partition] = Math.max(next[partition] ?? 0, offset + 1);
    const from = { topic: 't', partition, offset: String(offset), time };
    if (!unlisted) ledger.push(from);
    for (let turn = 0; turn < sent; turn++) {
      for (const [output, told] of rule.outputs(state, believed)) {
        outputs.push({ output, key: booking.key, value: told, ...from });
      }
    }
  }
  return { outputs, ledger, states, next };
}

function offsetsOf(events: readonly FixtureEvent[]): readonly number[] {
  const next = new Map<number, number>();
  return events.map(({ partition = 0, offset }) => {
    const at = offset ?? next.get(partition) ?? 0;
    next.set(partition, at + 1);
    return at;
  });
}

export interface Resources {
  readonly outputs?: readonly unknown[];
  readonly ledger?: readonly unknown[];
  readonly live?: {
    readonly next: readonly number[];
    readonly states: Readonly<Record<string, unknown>>;
    readonly positionKnown?: boolean;
  };
  /** From when on outputs were kept. */
  readonly from?: number;
}

/** Writes what the service left into files, and names them in the situation: so that a thread can open all of it. */
export async function leftBehind(
  fixture: Fixture,
  { outputs, ledger, live, from }: Resources,
  more: Partial<RecoveryInputs> = {},
): Promise<RecoveryInputs> {
  const file = (name: string, rows: readonly unknown[]) => {
    const path = join(fixture.folder, `${name}.ndjson`);
    writeFileSync(path, rows.map((row) => JSON.stringify(row) + '\n').join(''));
    return { kind: 'file', format: 'ndjson', file: path } as const;
  };
  const settings: RecordSettings = { order: 'handling', from: from ?? null, until: null };
  const state = join(fixture.folder, 'live', 'live.ndjson');
  rmSync(state, { force: true });
  if (live !== undefined) await fixture.writeSnapshot('live', live.next, live.states, { folder: 'live', ...live });
  return fixture.but({
    order: { by: 'field', path: 'n' },
    recordedOutputs:
      outputs === undefined ? null : openRecordedOutputs(file('outputs', outputs), standardOutputMapping, settings),
    ledger:
      ledger === undefined
        ? null
        : openProcessedLedger(file('ledger', ledger), standardLedgerMapping, { ...settings, from: null }),
    live: live === undefined ? null : openNdjsonSnapshots(state, { defaultSource: 'fixture' }),
    ...more,
  });
}

export interface Told {
  readonly diagnosis: Diagnosis;
  /** `missed 0@50`, in the order in which they were told. */
  readonly faults: readonly string[];
  readonly all: readonly Fault[];
  readonly undetermined: readonly Undetermined[];
}

/** Diagnoses, and reads back what stands in the store. */
export async function told(
  situation: RecoveryInputs,
  options: DiagnoseOptions = {},
  work: LongWork = {},
): Promise<Told> {
  const diagnosis = await diagnose(situation, options, work);
  const all = [...readFaults(situation.store)];
  const undetermined = readFileSync(diagnosisFiles(situation.store).undetermined, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Undetermined]));
  return {
    diagnosis,
    all,
    faults: all.map(({ kind, event }) => `${kind} ${event.partition}@${event.offset}`),
    undetermined,
  };
}

/** `0@50` of the event `n` where partitions take turns. */
export function formatLocation(n: number, partitions = 2): string {
  return `${n % partitions}@${Math.floor(n / partitions)}`;
}
