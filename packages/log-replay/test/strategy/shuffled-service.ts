import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { createMemoryLog, createMemorySnapshots, defineWorker, type Worker, type WorkerEvent } from '@eventmend/core';
import { createWorkerInstance, type RecoveryInputs } from '@eventmend/core/engine';

/** Amounts that are booked on one key or moved between two; what is left depends on which of them comes first. */
export interface Booking {
  readonly partition: number;
  readonly offset: number;
  readonly time: number;
  readonly keys: readonly string[];
  readonly add: number;
}

/** Bookings of a few partitions, and one of the ways in which a healthy service may have interleaved them. */
export interface ShuffledService {
  readonly bookings: readonly Booking[];
  /** The same in the order in which the service handled them: within a partition that of the offsets. */
  readonly handled: readonly Booking[];
  /** After how many of `handled` it took its snapshot. */
  readonly cut: number;
}

interface State {
  readonly left: number;
  readonly last: number;
}

const shuffledWorker: Worker = defineWorker<{ keys: string[]; add: number }, State>({
  name: 'shuffled',
  version: '1.0.0',
  keys: ({ value }) => value.keys,
  initial: () => ({ left: 0, last: 0 }),
  outputs: { left: { kind: 'latest' } },
  evolve(states, { value: { keys, add } }, context) {
    const [first = '', second] = keys;
    const left = Math.max(0, states.get(first).left + add + (second === undefined ? 0 : states.get(second).left));
    states.set(first, { left, last: context.now });
    if (second !== undefined) states.set(second, { left: Math.floor(left / 2), last: context.now });
    context.emit('left', left);
  },
});

/** Of the properties over shuffled services; set one to repeat a failure. */
export const runs = Math.ceil(Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 300) / 2);
export const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);

/** A way to make situations of a test file, each with a store of its own: the right worker, and a snapshot from the cut. */
export function shuffledSituations(): (service: ShuffledService, states: HandledState['states']) => RecoveryInputs {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-shuffled-'));
  let used = 0;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (service, states) => {
    const rows = [...states].map(([key, state]) => ({ key, state }));
    const position = positionAfter(service.handled.slice(0, service.cut));
    return {
      incident: { name: 'shuffled', digest: '0'.repeat(64), onset: null, end: null },
      worker: { kind: 'definition', worker: shuffledWorker, hash: 'shuffled' },
      logs: [{ log: logOf(service.bookings), as: 'log' }],
      snapshots: createMemorySnapshots([{ id: 's', position, rows }]),
      trusted: [],
      live: null,
      order: { by: 'time', maxStepMs: 24 * 3600 * 1000 },
      poison: 'stop',
      references: {},
      store: join(folder, String(used++)),
    };
  };
}

const partitions = 3;
const epoch = Date.UTC(2026, 0, 1);

/** Keys mostly belong to one partition; some are shared, so that the order matters to part of them only. */
export const shuffledServices: fc.Arbitrary<ShuffledService> = fc
  .array(
    fc.record({
      partition: fc.nat(partitions - 1),
      step: fc.nat(3),
      shared: fc.nat(1),
      keys: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 2 }),
      add: fc.integer({ min: -9, max: 9 }),
      turn: fc.nat(1000),
    }),
    { minLength: 1, maxLength: 24, size: 'max' },
  )
  .chain((drafts) => {
    const next = Array.from({ length: partitions }, () => ({ offset: 0, time: epoch }));
    const bookings = drafts.map(({ partition, step, shared, keys, add }): Booking => {
      const at = next[partition] as { offset: number; time: number };
      at.time += step * 1000;
      const own = (key: number): string => (shared === 0 && key === 0 ? 'shared' : `p${partition}-${key}`);
      return { partition, offset: at.offset++, time: at.time, keys: keys.map(own), add };
    });
    return fc.record({
      bookings: fc.constant(bookings),
      handled: fc.constant(
        interleave(
          bookings,
          drafts.map(({ turn }) => turn),
        ),
      ),
      cut: fc.integer({ min: 1, max: bookings.length }),
    });
  });

/** Takes the partitions in turns that are drawn, each in its own order. */
function interleave(bookings: readonly Booking[], turns: readonly number[]): readonly Booking[] {
  const queues = Array.from({ length: partitions }, (_, number) =>
    bookings.filter(({ partition }) => partition === number),
  );
  return turns.map((turn) => {
    const open = queues.filter((queue) => queue.length > 0);
    return (open[turn % open.length] as Booking[]).shift() as Booking;
  });
}

function logOf(bookings: readonly Booking[]) {
  const events = bookings.map(({ partition, offset, time, keys, add }) => ({
    topic: 't',
    partition,
    offset,
    time,
    value: { keys, add },
  }));
  const named = Array.from({ length: partitions }, (_, partition) => ({ topic: 't', partition }));
  return createMemoryLog({ source: 'shuffled', events, partitions: named });
}

/** Where a service stands that has handled these. */
function positionAfter(handled: readonly Booking[]) {
  return Array.from({ length: partitions }, (_, partition) => ({
    source: 'shuffled',
    topic: 't',
    incarnation: '',
    partition,
    next: handled.filter((booking) => booking.partition === partition).length,
    order: { watermark: -Infinity, clock: -Infinity },
  }));
}

export interface HandledState {
  readonly states: Map<string, unknown>;
  readonly outputs: { readonly booking: Booking; readonly key: string; readonly value: unknown }[];
}

/** What a service with this worker holds and has sent after it has handled these in this order. */
export async function handle(handled: readonly Booking[], worker = shuffledWorker): Promise<HandledState> {
  const instance = createWorkerInstance(worker);
  const states = new Map<string, unknown>();
  const outputs: HandledState['outputs'] = [];
  for (const booking of handled) {
    const { partition, offset, time, keys, add } = booking;
    const place = { source: 'shuffled', topic: 't', incarnation: '', partition, offset };
    const event: WorkerEvent = { ...place, key: null, time, headers: [], value: { keys, add } };
    const view = { read: (key: string) => states.get(key) };
    const effects = await instance.invoke(event, instance.keys(event), time, view);
    for (const { key, state } of effects.writes) states.set(key, state);
    for (const { key, value } of effects.outputs) outputs.push({ booking, key, value });
  }
  return { states, outputs };
}

/** Keys that no event of another partition reaches, over however many keys. */
export function closedKeys(bookings: readonly Booking[]): ReadonlySet<string> {
  const closed = new Set<string>();
  for (const key of new Set(bookings.flatMap(({ keys }) => keys))) {
    const reached = new Set([key]);
    for (let before = 0; before !== reached.size;) {
      before = reached.size;
      for (const { keys } of bookings)
        if (keys.some((one) => reached.has(one))) for (const one of keys) reached.add(one);
    }
    const from = bookings.filter(({ keys }) => keys.some((one) => reached.has(one)));
    if (new Set(from.map(({ partition }) => partition)).size === 1) closed.add(key);
  }
  return closed;
}
