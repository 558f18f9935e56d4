import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { BatchWorker, NamedKeys, SentEvent } from '../../worker/process/batch-worker.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { Evaluation, EvaluationContext } from './evaluate-event.js';
import type { ForcedQuarantines } from './forced-quarantines.js';
import { sideOfScope } from './side-of-scope.js';
import type { WalkedEvent } from './walk-partition.js';

/** An event of the lane, with where it stands. */
export interface LaneStep {
  readonly partition: PartitionId;
  readonly event: WalkedEvent;
}

export interface BatchContext extends Omit<EvaluationContext, 'instance'> {
  readonly worker: BatchWorker;
  readonly forced: ForcedQuarantines;
}

/** Not evaluated yet: the worker has to handle it. */
interface Wanted {
  readonly kind: 'wanted';
  readonly keys: readonly string[];
  readonly id: string | null;
}

/**
 * The same as `evaluateEvent` for the first of some events, by a worker that is asked in batches. As many as can be judged
 * without knowing what became of the others, at least one; the states that the writes give are those behind all of them.
 */
export async function evaluateBatch(steps: readonly LaneStep[], context: BatchContext): Promise<readonly Evaluation[]> {
  const { worker, states } = context;
  const sent = steps.map((step) => sentOrRefused(step, worker));
  const batch = worker.send(sent.filter((one): one is SentEvent => !isRecoveryError(one)));
  const named = await worker.keys(batch);
  const placeInBatch: (number | null)[] = [];
  let answered = 0;
  for (const one of sent) placeInBatch.push(isRecoveryError(one) ? null : answered++);

  const judged: (Evaluation | Wanted)[] = [];
  const ids = new Set<string>();
  for (const [index, step] of steps.entries()) {
    const place = placeInBatch[index] ?? null;
    const one = sent[index] as SentEvent | RecoveryError;
    const id = isRecoveryError(one) || context.recentIds === null ? null : worker.deduplicationId(one.event);
    // Whether it is a duplicate depends on what becomes of the others.
    if (index > 0 && id !== null && (ids.has(id) || context.recentIds?.has(id) === true)) break;
    if (id !== null) ids.add(id);
    const keys: NamedKeys =
      place === null ? { kind: 'failed', error: one as RecoveryError } : (named[place] as NamedKeys);
    const judgement = judge(step, keys, id, context);
    judged.push(judgement);
    // From here on keys may be parked.
    if (judgement.kind === 'failed' || judgement.kind === 'forced') break;
  }

  const wanted = new Set(judged.flatMap(({ kind }, index) => (kind === 'wanted' ? [placeInBatch[index] ?? null] : [])));
  const skip = new Set([...batch.events.keys()].filter((place) => !wanted.has(place)));
  const applied = await worker.apply(batch, skip, states);
  const evaluations: Evaluation[] = [];
  for (const [index, judgement] of judged.entries()) {
    if (judgement.kind !== 'wanted') {
      evaluations.push(judgement);
      continue;
    }
    const { keys, id } = judgement;
    const effects = applied.effects[placeInBatch[index] as number];
    if (effects === undefined || effects === null) {
      evaluations.push({ kind: 'failed', error: applied.failure as RecoveryError, keys });
      break;
    }
    const writes = effects.writes.map((key) => ({ key, state: applied.states.get(key) }));
    const { event } = sent[index] as SentEvent;
    evaluations.push({ kind: 'applied', id, event, keys, effects: { ...effects, writes } });
  }
  return evaluations;
}

function judge(
  { partition, event }: LaneStep,
  named: NamedKeys,
  id: string | null,
  { recentIds, scope, hasSeen, claimKeys, quarantinedKeys, forced }: BatchContext,
): Evaluation | Wanted {
  const code = forced.codeOf(partition, event.offset);
  if (code !== undefined) return { kind: 'forced', code, keys: named.kind === 'keys' ? named.keys : [] };
  if (id !== null && recentIds?.has(id) === true) return { kind: 'duplicate' };
  if (named.kind === 'failed') return { kind: 'failed', error: named.error, keys: null };
  const { keys } = named;
  if (sideOfScope(keys, scope, event.offset) === 'outside') return { kind: 'outside', id };
  if (hasSeen?.(keys, partition, event.offset) === true) return { kind: 'seen' };
  claimKeys(keys, partition);
  if (keys.some((key) => quarantinedKeys.has(key))) return { kind: 'parked', keys };
  return { kind: 'wanted', keys, id };
}

function sentOrRefused({ partition, event }: LaneStep, worker: BatchWorker): SentEvent | RecoveryError {
  try {
    return worker.sent(event.page, event.index, partition, event.now);
  } catch (error) {
    if (isRecoveryError(error)) return error;
    throw error;
  }
}
