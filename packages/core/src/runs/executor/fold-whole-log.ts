import { adoptReplayInputs } from '../../engine/replay/replay-inputs.js';
import { replayHere } from '../../engine/replay/execute-replay.js';
import { defaultTuning, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import { createMemoryRunStore } from '../../engine/store/memory-run-store.js';
import { completeInputs } from '../../evidence/inputs/complete-inputs.js';
import type { EventLog } from '../../model/log/event-log.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import { startOfOrder } from '../../model/position/position.js';
import type { Worker } from '../../worker/worker.js';
import { summariseRun } from '../report/summarise-run.js';
import type { FoldedLog } from './folded-log.js';

/** A worker over a whole log, in this thread and in memory: what `foldLog` loads when it is called. */
export async function foldWholeLog(worker: Worker, log: EventLog): Promise<FoldedLog> {
  const { worker: source, order, poison, references } = completeInputs({ worker, logs: [log] });
  const { partitions } = await log.describe();
  const sorted = [...partitions].sort(comparePartitions);
  const spec: ReplaySpec = {
    partitions: sorted.map(({ source, topic, incarnation, partition, range, holes }) => ({
      id: { source, topic, incarnation, partition },
      next: range.from,
      target: range.to,
      order: startOfOrder,
      ranges: [{ ...range, log: 0, segment: 0 }],
      holes,
    })),
    order,
    locality: worker.locality ?? 'global',
    poison,
    acceptGaps: false,
    parts: [
      {
        scope: { kind: 'all' },
        cause: { kind: 'baseline', part: 0, basis: 'genesis' },
        starts: sorted.map(({ range }) => range.from),
      },
    ],
    segmentOrigins: [{ log: 0, source: 'log' }],
  };
  const store = createMemoryRunStore();
  await store.writeBaseline([]);
  const inputs = await adoptReplayInputs([log], source, references, null);
  try {
    await replayHere({ spec, inputs, store, tuning: defaultTuning });
  } finally {
    await inputs.close();
  }
  const states = new Map<string, unknown>();
  for (const { key, text } of store.states()) if (text !== null) states.set(key, JSON.parse(text));
  return { states, totals: summariseRun(spec, store).totals };
}
