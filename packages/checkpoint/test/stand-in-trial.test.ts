import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemorySnapshots,
  defineWorker,
  RecoveryError,
  type EventLog,
  type IncidentInputs,
} from '@eventmend/core';
import { startOfOrder, type ExternalRecordsConfig } from '@eventmend/core/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';
import { applyToAccount, playBank, type Account, type BankEvent, type DamagedBank } from './damaged-bank.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-stand-in-trial-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let files = 0;

const minute = 60_000;
const types = ['deposit', 'withdrawal', 'interest'];

/** A row of the bank: `value` is the event that it becomes. */
interface Row {
  readonly id: string;
  readonly key: string;
  readonly time: number;
  readonly amount: number;
  readonly type: string;
  readonly value: object;
}

const rowOf = ({ key, time, value }: BankEvent, late = 0): Row => ({
  ...{ id: value.id, key, amount: value.amount, type: value.type, value },
  time: time + late,
});

function recordsOf(rows: readonly Row[], { events }: DamagedBank, later: number): ExternalRecordsConfig {
  const file = join(scratch, `rows-${files++}.ndjson`);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return {
    name: 'ledger',
    rows: { kind: 'file', file, format: 'ndjson' },
    mapping: {
      ...{ id: 'id', key: 'key', amount: { column: 'amount' }, type: { column: 'type' } },
      time: { column: 'time', unit: 'milliseconds' },
    },
    rule: {
      ...{ topic: 'payments', types, id: 'value.id', key: 'key', time: 'time', typed: true, reversible: false },
      within: { earlier: 0, later },
      amount: { path: 'value.amount', factor: '1' },
      from: (events[0]?.time ?? 0) - 60 * minute,
      until: (events.at(-1)?.time ?? 0) + 60 * minute,
    },
    completeFor: types,
    event: { topic: 'payments', key: 'key', value: { form: 'column', column: 'value' } },
  };
}

/** Evolves as the plain loop does; `fee` is a field that no rule of the records looks at. */
const worker = defineWorker<BankEvent['value'] & { readonly fee?: number }, Account>({
  name: 'bank',
  version: '1.0.0',
  eventType: ({ value }) => value.type,
  key: ({ key }) => key ?? '',
  initial: () => ({ balance: 0, events: 0 }),
  evolve(account, { value }) {
    const after = applyToAccount(account, value);
    return { ...after, balance: after.balance - (value.fee ?? 0) };
  },
});

interface Survivors {
  readonly isLost: (event: BankEvent) => boolean;
  readonly rows: readonly Row[];
  readonly trusted: string;
  readonly hasLive?: boolean;
  readonly later?: number;
}

function incidentOf(
  bank: DamagedBank,
  { isLost, rows, trusted, hasLive = false, later = 5 * minute }: Survivors,
): IncidentInputs {
  const positionOf = (ends: readonly number[]) =>
    ends.map((next, partition) => ({
      ...{ source: 'bank', topic: 'payments', incarnation: '', partition, next, order: startOfOrder },
    }));
  const rowsOf = (states: Iterable<readonly [string, Account]>) => [...states].map(([key, state]) => ({ key, state }));
  return {
    incident: { name: 'payments', onset: bank.onset },
    worker,
    logs: [
      createMemoryLog({
        ...{ source: 'bank', topic: 'payments', fingerprint: 'bank' },
        partitions: bank.next.map((to, partition) => ({ partition, beginning: 0, range: { from: 0, to } })),
        events: bank.events.filter((event) => !isLost(event)),
      }),
    ],
    snapshots: createMemorySnapshots(
      bank.snapshots.map(({ id, takenAt, next, rows: states }) => ({
        ...{ id, takenAt, position: positionOf(next), rows: states },
      })),
    ),
    trusted: [trusted],
    records: [recordsOf(rows, bank, later)],
    ...(hasLive && {
      live: createMemorySnapshots([{ id: 'live', position: positionOf(bank.next), rows: rowsOf(bank.live) }]),
    }),
    store: join(scratch, `store-${files++}`),
  };
}

const settings = { partitions: 3, accounts: 30, events: 2000, faultRate: 0.02, snapshotEvery: 200 };
const numberOf = ({ value: { id } }: BankEvent): number => Number(id.slice(2));

/** The same of a plain loop: the hidden events, or the rows of them in the order of their times. */
function plainTrial(bank: DamagedBank, rows: readonly Row[], hidden: readonly BankEvent[], until: number) {
  const isHidden = new Set(hidden.map(({ value: { id } }) => id));
  const once = new Map(rows.map((row) => [row.id, row] as const).reverse());
  const standIns = [...once.values()].filter(({ id }) => isHidden.has(id));
  const before = bank.events.filter((event) => numberOf(event) < until);
  const fold = (events: readonly { readonly key: string; readonly value: object }[]) => {
    const states = new Map<string, Account>();
    for (const { key, value } of events) states.set(key, applyToAccount(states.get(key), value as BankEvent['value']));
    return states;
  };
  const truth = fold(before);
  const filled = fold(
    [...before.filter(({ value: { id } }) => !isHidden.has(id)), ...standIns].sort((a, b) => a.time - b.time),
  );
  const keys = new Set(standIns.map(({ key }) => key));
  return {
    rows: standIns.length,
    keys: keys.size,
    right: [...keys].filter((key) => JSON.stringify(truth.get(key)) === JSON.stringify(filled.get(key))).length,
    bare: new Set(hidden.map(({ key }) => key).filter((key) => !keys.has(key))).size,
  };
}

describe('records are tried where the events are known', () => {
  const isLost = (event: BankEvent): boolean => numberOf(event) >= 1200 && numberOf(event) < 1500;

  it.each([1, 2, 3, 4])('with gaps, doubles and late rows, as a plain loop has it, seed %i', async (seed) => {
    const bank = playBank({ ...settings, seed });
    const rows = bank.events.flatMap((event, number) => {
      if (number % 17 === seed) return [];
      const row = rowOf(event, number % 11 === 0 ? 4.5 * minute : 0);
      return number % 13 === 0 ? [row, row] : [row];
    });
    const incident = incidentOf(bank, { isLost, rows, trusted: 's-001200' });
    const { standInTrial } = await checkpointRecovery(incident).plan();
    const { from = NaN, until = NaN } = standInTrial?.time ?? {};
    const hidden = bank.events.filter(({ time }) => time >= from && time <= until);
    // As many as are lost, in front of the baseline, where all is known.
    expect(hidden.length).toBeGreaterThan(250);
    expect(hidden.every((event) => numberOf(event) < 1200)).toBe(true);
    expect(standInTrial).toMatchObject({ events: hidden.length, ...plainTrial(bank, rows, hidden, 1200) });
    expect(standInTrial?.right).toBeLessThan(standInTrial?.keys ?? 0);
  });

  it('behind the loss, where nothing is known in front of it', async () => {
    const bank = playBank({ ...settings, seed: 5 });
    const isFront = (event: BankEvent): boolean => numberOf(event) < 1500;
    const rows = bank.events.map((event) => rowOf(event));
    const incident = incidentOf(bank, { isLost: isFront, rows, trusted: 's-001200' });
    const { standInTrial } = await checkpointRecovery(incident).plan();
    expect(standInTrial?.time?.from).toBeGreaterThan(bank.events[1500]?.time ?? 0);
    expect(standInTrial?.events).toBeGreaterThan(240);
    expect(standInTrial).toMatchObject({ rows: standInTrial?.events, right: standInTrial?.keys, bare: 0 });
  });

  it('rows that agree and give other states are not taken for all that was lost', async () => {
    const bank = playBank({ ...settings, seed: 6 });
    // Each hundredth event has a fee, and no row says it.
    const events = bank.events.map((event, number) =>
      number % 100 === 3 ? { ...event, value: { ...event.value, fee: 1 } } : event,
    );
    const rows = bank.events.map((event) => rowOf(event));
    const wordsOf = async (of: DamagedBank) => {
      const strategy = checkpointRecovery(incidentOf(of, { isLost, rows, trusted: 's-001200', later: 0 }));
      const plan = await strategy.plan();
      const run = await strategy.recover(plan);
      return { trial: plan.standInTrial, words: new Set([...run.states()].map(({ fidelity }) => fidelity)) };
    };
    const good = await wordsOf(bank);
    expect(good.trial).toMatchObject({ right: good.trial?.keys });
    expect(good.words).not.toContain('incomplete');
    const bad = await wordsOf({ ...bank, events });
    expect(bad.trial?.right).toBeLessThan(bad.trial?.keys ?? 0);
    expect([...bad.words]).toEqual(['incomplete']);
  });

  it('what came of rows weighs the live values against those that rows fill', async () => {
    const bank = playBank({ ...settings, seed: 7, faultRate: 0.001 });
    const all = bank.events.map((event) => rowOf(event));
    const late = bank.events.map((event, number) => rowOf(event, number % 3 === 0 ? 4.5 * minute : 0));
    const expectedOf = async (rows: readonly Row[]) => {
      const incident = incidentOf(bank, { isLost, rows, trusted: 's-001200', hasLive: true });
      const plan = await checkpointRecovery(incident).plan();
      return plan.liveCandidate?.expectedWrong?.rebuilt ?? NaN;
    };
    // No row is missing in either: only what came of them tells that late ones come out of their order.
    expect(await expectedOf(late)).toBeGreaterThan((await expectedOf(all)) + 1);
  });

  it('a log that cannot be read on the way of the trial stops the recovery, and not the plan', async () => {
    const bank = playBank({ ...settings, seed: 9 });
    const isFront = (event: BankEvent): boolean => numberOf(event) < 1500;
    const rows = bank.events.map((event) => rowOf(event));
    const incident = incidentOf(bank, { isLost: isFront, rows, trusted: 's-001200', later: 0 });
    // A second topic, of which the rows do not speak: behind the loss one of its segments is damaged, which only reading shows.
    const times = [1510, 1700, 1900].map((number) => bank.events[number]?.time ?? 0);
    const notes = createMemoryLog({
      ...{ source: 'bank', topic: 'notes', fingerprint: 'notes' },
      partitions: [{ partition: 0, beginning: 0, range: { from: 0, to: times.length } }],
      events: times.map((time, offset) => ({
        ...{ partition: 0, offset, time, key: `note-${offset}` },
        value: { type: 'deposit', amount: 1, id: `note-${offset}` },
      })),
    });
    let read = 0;
    const damaged: EventLog = {
      ...notes,
      read() {
        read++;
        throw new RecoveryError('corrupt-archive-segment', 'segment 1 does not match its hash');
      },
    };
    const both = (log: EventLog): IncidentInputs => ({
      ...incident,
      logs: [...incident.logs, log],
      store: `${incident.store ?? ''}-${log === notes ? 'whole' : 'damaged'}`,
    });
    expect((await checkpointRecovery(both(notes)).plan()).standInTrial?.events).toBeGreaterThan(200);
    const strategy = checkpointRecovery(both(damaged));
    const plan = await strategy.plan();
    expect(read).toBeGreaterThan(0);
    expect(plan.standInTrial).toBeUndefined();
    expect(plan.untriedStandIns).toEqual({ reason: 'failed', error: 'corrupt-archive-segment' });
    // Nothing is better for it: whether the rows say the order of all events cannot be told either.
    expect(plan.standIns?.[0]?.rows.used).toBeGreaterThan(0);
    expect(plan.segments.some(({ stoodIn }) => stoodIn === true)).toBe(false);
    await expect(strategy.recover(plan)).rejects.toMatchObject({ code: 'corrupt-archive-segment' });
  });

  it('rows that make no event in the trial are not taken for all that was lost', async () => {
    const bank = playBank({ ...settings, seed: 6 });
    const rows = bank.events.map((event) => {
      const row = rowOf(event);
      // Where the events are known, what the rows would become has no amount. Where they are lost, it has.
      return numberOf(event) < 1200 ? { ...row, value: { ...event.value, amount: null } } : row;
    });
    const strategy = checkpointRecovery(incidentOf(bank, { isLost, rows, trusted: 's-001200', later: 0 }));
    const plan = await strategy.plan();
    expect(plan.untriedStandIns).toEqual({ reason: 'failed', error: 'invalid-field' });
    const words = new Set([...(await strategy.recover(plan)).states()].map(({ fidelity }) => fidelity));
    expect([...words]).toEqual(['incomplete']);
  });

  it('a log that is away for a moment during the trial ends the plan, which a minute later would be another', async () => {
    const bank = playBank({ ...settings, seed: 9 });
    const rows = bank.events.map((event) => rowOf(event));
    const incident = incidentOf(bank, { isLost, rows, trusted: 's-001200' });
    const planning = async (failing: number) => {
      let reads = 0;
      const logs = (incident.logs as readonly EventLog[]).map((log) => ({
        ...log,
        read(...request: Parameters<EventLog['read']>) {
          if (++reads === failing) throw new RecoveryError('kafka-unreachable', 'no broker answers');
          return log.read(...request);
        },
      }));
      const store = join(scratch, `store-${files++}`);
      const plan = await checkpointRecovery({ ...incident, logs, store })
        .plan()
        .catch((error: unknown) => error);
      return { plan, reads };
    };
    const { plan, reads } = await planning(Infinity);
    expect(plan).toHaveProperty('standInTrial');
    // Some of the reads are those of the trial. Every day some of them fail, in the full run each.
    const step = process.env['EVENTMEND_FULL'] === undefined ? 7 : 1;
    for (let failing = reads; failing >= 1; failing -= step)
      expect((await planning(failing)).plan, `read ${failing} of ${reads}`).toMatchObject({
        code: 'kafka-unreachable',
      });
  });

  it('an interrupted trial is an interrupted plan', async () => {
    const bank = playBank({ ...settings, seed: 9 });
    const rows = bank.events.map((event) => rowOf(event));
    const incident = incidentOf(bank, { isLost, rows, trusted: 's-001200' });
    const proving = async (atMost: number) => {
      const abort = new AbortController();
      let told = 0;
      const onProgress = () => {
        if (++told >= atMost) abort.abort();
      };
      const store = join(scratch, `store-${files++}`);
      const plan = await checkpointRecovery({ ...incident, store })
        .plan({}, { onProgress, signal: abort.signal })
        .then(
          () => 'planned',
          (error: unknown) => (error as { readonly code?: unknown }).code,
        );
      return { plan, told };
    };
    const { plan, told } = await proving(Infinity);
    expect(plan).toBe('planned');
    // The last that is told of is the trial.
    expect((await proving(told)).plan).toBe('interrupted');
  });

  it('nothing is tried where no row stands in', async () => {
    const bank = playBank({ ...settings, seed: 8 });
    const incident = incidentOf(bank, {
      isLost: () => false,
      rows: bank.events.map((event) => rowOf(event)),
      trusted: 's-001200',
    });
    const plan = await checkpointRecovery(incident).plan();
    expect(plan.standInTrial ?? plan.untriedStandIns).toBeUndefined();
  });
});
