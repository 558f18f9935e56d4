import { sortPosition, startOfOrder, type RecoveryInputs } from '@eventmend/core/engine';
import {
  createMemoryLedger,
  createMemoryLog,
  createMemoryRecordedOutputs,
  createMemorySnapshots,
  type Position,
} from '@eventmend/core';
import type { PlayedService } from './played-service.js';
import { laneOf } from './played-event.js';
import { serviceWorker } from './service-worker.js';

/** The incident of a played service; `store` is the folder of the diagnosis. */
export function inputsOfService(played: PlayedService, store: string): RecoveryInputs {
  const { design, events, rows, ledger, start, live, lacks, saidFrom } = played;
  const lanes = design.topics.flatMap((partitions, topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: `t${topic}`, partition })),
  );
  const countOf = (lane: string): number => events.filter(({ ref }) => laneOf(ref) === lane).length;
  const positionAt = (nextOf: (lane: string) => number): Position =>
    sortPosition(
      lanes.map(({ topic, partition }) => ({
        source: 'memory',
        topic,
        incarnation: '',
        partition,
        next: nextOf(laneOf({ topic, partition })),
        order: startOfOrder,
      })),
    );
  const isLacking = (ref: { topic: string; partition: number; offset: number }): boolean =>
    lacks !== null &&
    ref.topic === lacks.topic &&
    ref.partition === lacks.partition &&
    ref.offset >= lacks.from &&
    ref.offset < lacks.to;
  const rowsOf = (states: ReadonlyMap<string, unknown>) => [...states].map(([key, state]) => ({ key, state }));
  return {
    incident: { name: 'holdings', digest: '0'.repeat(64), onset: null, end: null },
    worker: { kind: 'definition', worker: serviceWorker(design), hash: `holdings ${JSON.stringify(design)}` },
    logs: [
      {
        log: createMemoryLog({
          partitions: lanes.map((lane) => ({
            ...lane,
            range: { from: 0, to: countOf(laneOf(lane)) },
            ...(lacks !== null && design.hole !== null && laneOf(lacks) === laneOf(lane)
              ? { holes: [{ from: lacks.from, to: lacks.to, reason: design.hole }] }
              : {}),
          })),
          events: events
            .filter(({ ref }) => !isLacking(ref))
            .map(({ ref, time, value }) => ({ ...ref, time, key: value.keys[0] ?? null, value })),
        }),
        as: 'log',
      },
    ],
    snapshots: createMemorySnapshots(
      start === null
        ? []
        : [
            {
              id: 'start',
              takenAt: null,
              position: positionAt((lane) => start.position.get(lane) ?? 0),
              rows: rowsOf(start.states),
            },
          ],
    ),
    trusted: start === null ? [] : ['start'],
    acceptGaps: true,
    live:
      live === null
        ? null
        : createMemorySnapshots([{ id: 'live', takenAt: null, position: positionAt(countOf), rows: rowsOf(live) }]),
    recordedOutputs:
      rows === null || design.records === null
        ? null
        : createMemoryRecordedOutputs([...rows], { order: design.records.order, from: saidFrom }),
    ledger:
      ledger === null || design.ledger === null
        ? null
        : createMemoryLedger([...ledger], { order: design.ledger.order }),
    order: design.order === 'field' ? { by: 'field', path: 'seq' } : { by: 'time', maxStepMs: 24 * 3600 * 1000 },
    poison: 'stop',
    references: {},
    store,
  };
}
