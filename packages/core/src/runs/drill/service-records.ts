import { join } from 'node:path';
import type { SpecPartition } from '../../engine/spec/replay-spec.js';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { startOfOrder, type Position } from '../../model/position/position.js';
import { writeNdjsonSnapshot } from '../../sources/snapshots/ndjson/write-ndjson-snapshot.js';
import { stateVersionOf } from '../../worker/migrate-state.js';
import type { Worker } from '../../worker/worker.js';
import { lineWriter } from './line-writer.js';
import type { PlayRequest, TakenCheckpoint } from './play-request.js';
import type { ComingEvent, Handling } from './service-handler.js';

/** What the service of a drill writes down while it runs, as a real one would. */
export interface ServiceRecords {
  /** Takes a checkpoint where one is due; `events` were come to before. */
  before(events: number, states: ReadonlyMap<string, unknown>): Promise<void> | undefined;
  passed(partition: PartitionId, offset: number): void;
  handled(coming: ComingEvent, handling: Handling): void;
  /** Leaves the state in which the service stands at the end. */
  finish(states: ReadonlyMap<string, unknown>): Promise<void>;
  checkpoints(): readonly TakenCheckpoint[];
  close(): void;
}

export function serviceRecords(
  request: PlayRequest,
  worker: Worker,
  partitions: readonly SpecPartition[],
): ServiceRecords {
  const { files, leaves } = request;
  const outputs = leaves.outputs ? lineWriter(files.liveOutputs) : null;
  const ledger = leaves.ledger ? lineWriter(files.liveLedger) : null;
  const next = new Map(partitions.map((partition) => [partitionKey(partition.id), partition.next]));
  const due = new Set(request.checkpoints);
  const taken: TakenCheckpoint[] = [];
  let now = -Infinity;

  const position = (): Position =>
    partitions.map(({ id: { source, topic, incarnation, partition }, next: start }) => {
      const id = { source, topic, incarnation, partition };
      // A service knows what it has read, and nothing of the order that a replay keeps.
      return { ...id, next: next.get(partitionKey(id)) ?? start, order: startOfOrder };
    });

  const take = async (events: number, states: ReadonlyMap<string, unknown>): Promise<void> => {
    const id = `c-${String(taken.length + 1).padStart(2, '0')}`;
    const file = join(files.checkpoints, `${id}.ndjson`);
    taken.push({ id, file, events });
    await writeServiceState(file, id, worker, position(), states, now);
  };

  return {
    before: (events, states) => (due.has(events) && events > 0 ? take(events, states) : undefined),
    passed(partition, offset) {
      next.set(partitionKey(partition), offset + 1);
    },
    handled({ partition: { topic, partition }, event }, handling) {
      now = event.now;
      const of = { topic, partition, offset: String(event.offset), ...(Number.isFinite(now) && { time: now }) };
      ledger?.write(of);
      for (const { output, key, businessId, value } of handling.outputs) {
        outputs?.write({ output, key, value, ...of, ...(businessId !== null && { id: businessId }) });
      }
    },
    async finish(states) {
      if (leaves.state) await writeServiceState(files.liveState, 'live', worker, position(), states, now);
    },
    checkpoints: () => taken,
    close() {
      outputs?.close();
      ledger?.close();
    },
  };
}

/** @param takenAt in milliseconds; not finite where nobody knows */
export async function writeServiceState(
  file: string,
  id: string,
  worker: Worker,
  position: Position,
  states: ReadonlyMap<string, unknown>,
  takenAt = NaN,
): Promise<void> {
  await writeNdjsonSnapshot(file, {
    id,
    takenAt: Number.isFinite(takenAt) ? takenAt : null,
    worker: `${worker.name}@${worker.version}`,
    stateVersion: stateVersionOf(worker),
    position,
    rows: [...states].map(([key, state]) => ({ key, state })),
  });
}
