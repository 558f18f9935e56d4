import { isWorkerError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { HandlerEffects, StateView, WorkerInstance } from '../../worker/worker-instance.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { WorkerEvent } from '../../worker/worker.js';
import type { HasSeen } from './baseline-ages.js';
import type { RecentIds } from './recent-ids.js';
import { sideOfScope } from './side-of-scope.js';
import type { WalkedEvent } from './walk-partition.js';

/** What came of one event, before any of it counts. `keys` is null where the event could not even name them. */
export type Evaluation =
  | {
      readonly kind: 'applied';
      readonly id: string | null;
      readonly event: WorkerEvent;
      readonly keys: readonly string[];
      readonly effects: HandlerEffects;
    }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'outside'; readonly id: string | null }
  /** The states that the replay began with have it already. */
  | { readonly kind: 'seen' }
  | { readonly kind: 'parked'; readonly keys: readonly string[] }
  /** Not invoked, because an earlier attempt did not come back from it. */
  | { readonly kind: 'forced'; readonly code: string; readonly keys: readonly string[] }
  | { readonly kind: 'failed'; readonly error: RecoveryError; readonly keys: readonly string[] | null };

export type ClaimKeys = (keys: readonly string[], partition: PartitionId) => void;

/** What an evaluation may look at; it changes nothing but who has claimed which keys. */
export interface EvaluationContext {
  readonly instance: WorkerInstance;
  readonly states: StateView;
  readonly recentIds: RecentIds | null;
  /** The keys that the replay is about; null for all. */
  readonly scope: ReadonlySet<string> | null;
  readonly hasSeen: HasSeen | null;
  /** Throws, and no policy excuses it, where another partition has named one of the keys. */
  readonly claimKeys: ClaimKeys;
  /** Keys whose events are parked since an earlier one failed. */
  readonly quarantinedKeys: ReadonlySet<string>;
}

/** Decodes, looks for duplicates, asks whether it is in scope and not seen yet, claims the keys, looks for parked ones, and calls the worker, in this order. */
export function evaluateEvent(
  walked: WalkedEvent,
  partition: PartitionId,
  context: EvaluationContext,
): Evaluation | Promise<Evaluation> {
  const { instance, states, recentIds, quarantinedKeys } = context;
  let id: string | null = null;
  let event: WorkerEvent;
  let keys: readonly string[];
  try {
    event = instance.event(walked.page, walked.index, partition);
    if (recentIds !== null) id = instance.deduplicationId(event);
    if (id !== null && recentIds?.has(id)) return { kind: 'duplicate' };
    keys = instance.keys(event);
  } catch (error) {
    return failed(error, null);
  }
  if (sideOfScope(keys, context.scope, walked.offset) === 'outside') return { kind: 'outside', id };
  if (context.hasSeen?.(keys, partition, walked.offset) === true) return { kind: 'seen' };
  context.claimKeys(keys, partition);
  if (quarantinedKeys.size > 0 && keys.some((key) => quarantinedKeys.has(key))) return { kind: 'parked', keys };
  try {
    const returned = instance.invoke(event, keys, walked.now, states);
    if (!(returned instanceof Promise)) return { kind: 'applied', id, event, keys, effects: returned };
    return returned.then(
      (effects) => ({ kind: 'applied', id, event, keys, effects }),
      (error: unknown) => failed(error, keys),
    );
  } catch (error) {
    return failed(error, keys);
  }
}

/** The keys of an event that must not be invoked; null where it cannot name them. */
export function keysWithoutInvoking(
  walked: WalkedEvent,
  partition: PartitionId,
  instance: WorkerInstance,
): readonly string[] | null {
  try {
    return instance.keys(instance.event(walked.page, walked.index, partition));
  } catch (error) {
    failed(error, null);
    return null;
  }
}

/** Only what the worker did wrong is a failure of the event; anything else is one of the replay and goes on upwards. */
function failed(error: unknown, keys: readonly string[] | null): Evaluation {
  if (isWorkerError(error)) return { kind: 'failed', error, keys };
  throw error;
}
