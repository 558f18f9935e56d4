import type { OpenWorker } from '../../worker/describe-worker.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { evaluateBatch } from './evaluate-batch.js';
import { evaluateEvent, keysWithoutInvoking, type Evaluation, type EvaluationContext } from './evaluate-event.js';
import { indexForced } from './forced-quarantines.js';
import type { WalkedEvent } from './walk-partition.js';

const noneForced = indexForced([]);

/** Evaluates one event, however its worker is called. */
export function evaluateOne(
  event: WalkedEvent,
  partition: PartitionId,
  worker: OpenWorker,
  context: Omit<EvaluationContext, 'instance'>,
): Evaluation | Promise<Evaluation> {
  if (worker.mode === 'events') return evaluateEvent(event, partition, { ...context, instance: worker });
  return evaluateBatch([{ partition, event }], { ...context, worker, forced: noneForced }).then(
    ([evaluation]) => evaluation as Evaluation,
  );
}

/** The keys of an event that must not be applied; null where it cannot name them. */
export async function keysOfOne(
  event: WalkedEvent,
  partition: PartitionId,
  worker: OpenWorker,
): Promise<readonly string[] | null> {
  if (worker.mode === 'events') return keysWithoutInvoking(event, partition, worker);
  const batch = worker.send([worker.sent(event.page, event.index, partition, event.now)]);
  const [named] = await worker.keys(batch);
  await worker.apply(batch, new Set([0]), { read: () => undefined });
  return named?.kind === 'keys' ? named.keys : null;
}
