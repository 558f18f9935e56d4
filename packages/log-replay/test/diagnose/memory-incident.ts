import { createMemoryLog, createMemorySnapshots, type Worker } from '@eventmend/core';
import { positionFromJson, prepareInputs, type PreparedInputs, type RecoveryInputs } from '@eventmend/core/engine';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const store = mkdtempSync(join(tmpdir(), 'eventmend-explain-'));
afterAll(() => {
  rmSync(store, { recursive: true, force: true });
});

interface TestEvent {
  readonly partition?: number;
  readonly time?: number;
  readonly value: unknown;
  /** The log has it, and nobody can read it. */
  readonly damaged?: true;
}

/** States that the service left, with the next offset of each partition. */
interface Recorded {
  readonly id: string;
  readonly next: readonly number[];
  readonly states: ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>;
}

/** An incident in memory: a log with one topic, snapshots and a live state; events without a time are a second apart. */
export interface MemoryIncident {
  readonly worker: Worker;
  readonly events: readonly TestEvent[];
  readonly live: Recorded;
  readonly snapshots?: readonly Recorded[];
  readonly more?: Partial<RecoveryInputs>;
}

/** Prepares an incident, hands it to some work, and closes it. */
export async function withIncident<Result>(
  { worker, events, live, snapshots = [], more = {} }: MemoryIncident,
  work: (prepared: PreparedInputs) => Promise<Result>,
): Promise<Result> {
  const next = new Map<number, number>();
  const placed = events.map(({ partition = 0, time, value, damaged = false }, index) => {
    const offset = next.get(partition) ?? 0;
    next.set(partition, offset + 1);
    return { partition, offset, time: time ?? index * 1000, value, damaged };
  });
  const log = createMemoryLog({
    source: 'test',
    topic: 't',
    partitions: live.next.map((_, partition) => ({
      partition,
      range: { from: 0, to: next.get(partition) ?? 0 },
      holes: placed
        .filter((one) => one.damaged && one.partition === partition)
        .map(({ offset }) => ({ from: offset, to: offset + 1, reason: 'damaged' as const })),
    })),
    events: placed.filter(({ damaged }) => !damaged),
  });
  const prepared = await prepareInputs({
    incident: { name: 'test', digest: '0'.repeat(64), onset: null, end: null },
    worker: { kind: 'definition', worker, hash: 'test' },
    logs: [{ log, as: 'log' }],
    trusted: [],
    order: { by: 'time', maxStepMs: 24 * 3600 * 1000 },
    poison: 'stop',
    references: {},
    store,
    snapshots: snapshots.length === 0 ? null : createMemorySnapshots(snapshots.map(stored)),
    live: createMemorySnapshots([stored(live)]),
    ...more,
  });
  try {
    return await work(prepared);
  } finally {
    prepared.close();
  }
}

function stored({ id, next, states }: Recorded) {
  const position = positionFromJson(next.map((offset, partition) => ({ topic: 't', partition, next: String(offset) })));
  const rows = states instanceof Map ? [...(states as ReadonlyMap<string, unknown>)] : Object.entries(states);
  return { id, position, rows: rows.map(([key, state]) => ({ key, state })) };
}
