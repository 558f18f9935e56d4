import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemorySnapshots,
  isRecoveryError,
  type EventLog,
  type Fidelity,
  type MemoryEvent,
  type Plan,
  type Verification,
  type IncidentInputs,
} from '@eventmend/core';
import { startOfOrder } from '@eventmend/core/engine';
import { logReplay } from '@eventmend/log-replay';
import { maxStepMs, type TinyEvent, type TinyIncident, type TinySnapshot } from './tiny-incident.js';
import { rates, tinyWorker } from './tiny-worker.js';

/** What the tool made of an incident. */
export interface Recovered {
  readonly plan: Plan;
  readonly keys: ReadonlyMap<
    string,
    { readonly state: unknown; readonly fidelity: Fidelity; readonly causes: readonly string[] }
  >;
  readonly verification: Verification;
}

const topic = 'tiny';

function memoryEvent({ partition, offset, time, value }: TinyEvent): MemoryEvent {
  const base = { topic, partition, offset, time };
  return value === null ? { ...base, stored: '{"cut' } : { ...base, value };
}

function logOf({ holes, ends, design }: TinyIncident, events: readonly TinyEvent[], fingerprint = 'tiny'): EventLog {
  const retried = { topic: 'retry', partition: 0, time: null };
  return createMemoryLog({
    ...{ source: 'bank', topic, fingerprint },
    partitions: ends.map((to, partition) => ({
      partition,
      range: { from: 0, to },
      holes: holes
        .filter((hole) => hole.partition === partition && hole.kind === 'damaged')
        .map(({ offset }) => ({ from: offset, to: offset + 1, reason: 'damaged' as const })),
    })),
    events: [
      ...events.map(memoryEvent),
      ...(design.deliveries
        ? [0, 1].map((offset) => ({
            ...retried,
            offset,
            value: { type: 'set', keys: ['z'], n: 4 },
            headers: [
              ['of-topic', topic],
              ['of-partition', '0'],
              ['of-offset', String(offset)],
            ] as const,
          }))
        : []),
    ],
  });
}

function snapshotOf({ id, takenAt, next, rows }: TinySnapshot) {
  return {
    ...{ id, takenAt },
    position: next.map((end, partition) => ({
      ...{ source: 'bank', topic, incarnation: '', partition, next: end, order: startOfOrder },
    })),
    rows: [...rows].map(([key, state]) => ({ key, state })),
  };
}

function inputsOf(incident: TinyIncident, folder: string): IncidentInputs {
  const { design, known, holes, onset, snapshots, live } = incident;
  const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(folder, 'rates.ndjson'), lines(rates));
  const listed = [...known, ...holes].filter(({ rank }) => rank !== null).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  writeFileSync(
    join(folder, 'order.ndjson'),
    lines(listed.map(({ partition, offset }) => ({ topic, partition, offset: String(offset) }))),
  );
  const declared = holes.filter(({ kind }) => kind === 'empty');
  return {
    incident: { name: 'tiny', onset },
    worker: tinyWorker(design.shape),
    logs: design.twoLogs
      ? [0, 1].map((part) => ({
          log: logOf(
            incident,
            known.filter(({ partition, offset }) => (partition + offset) % 3 !== part),
            `tiny ${part}`,
          ),
          as: part === 0 ? ('log' as const) : ('archive' as const),
        }))
      : [logOf(incident, known)],
    snapshots: createMemorySnapshots(snapshots.map(snapshotOf)),
    trusted: snapshots.filter(({ trusted }) => trusted).map(({ id }) => id),
    reviewed: design.reviewed,
    ...(live !== null && { live: createMemorySnapshots([snapshotOf(live)]) }),
    order:
      design.order === 'time'
        ? { by: 'time', maxStepMs }
        : design.order === 'field'
          ? { by: 'field', path: 'seq' }
          : { by: 'recorded', file: join(folder, 'order.ndjson') },
    poison: design.poison,
    references: { rates: join(folder, 'rates.ndjson') },
    acceptGaps: true,
    declaredGaps: declared.map(({ partition, offset }) => ({
      partition,
      ...{ at: { kind: 'offsets', from: offset, to: offset + 1 }, reason: 'a marker' },
    })),
    ...(design.deliveries && {
      deliveries: [
        { topic: 'retry', of: topic, headers: [{ topic: 'of-topic', partition: 'of-partition', offset: 'of-offset' }] },
      ],
    }),
    tuning: { batchEvents: design.batchEvents },
    store: join(folder, 'store'),
  };
}

/** Plans, recovers and verifies; the code of the error where it is refused. */
export async function recoverTinyIncident(incident: TinyIncident, folder: string): Promise<Recovered | string> {
  const { target, scope } = incident.design;
  mkdirSync(folder, { recursive: true });
  try {
    const strategy = logReplay(inputsOf(incident, folder));
    const plan = await strategy.plan({
      ...(target !== null && {
        target: { kind: 'offsets', offsets: target.map((next, partition) => ({ topic, partition, next })) },
      }),
      ...(scope !== null && { scope: { keys: scope }, acceptClosure: true }),
    });
    const run = await strategy.recover(plan);
    const verification = await strategy.verify(run);
    const keys = new Map(
      [...run.states()].map(({ key, state, fidelity, causes }) => [key, { state, fidelity, causes }]),
    );
    return { plan, keys, verification };
  } catch (error) {
    if (isRecoveryError(error)) return `${error.code}: ${error.message}`;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
