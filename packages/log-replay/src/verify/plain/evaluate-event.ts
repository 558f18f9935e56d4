import {
  isRecoveryError,
  type HandlerEffects,
  type PartitionId,
  type RecoveryError,
  type StateView,
  type WorkerInstance,
} from '@eventmend/core';
import type { RecentIds } from './recent-ids.js';
import type { WalkedEvent } from './walk-partition.js';

/** What came of one event, before any of it counts. `keys` is null where the event could not even name them. */
export type Evaluation =
  | {
      readonly kind: 'applied';
      readonly id: string | null;
      readonly keys: readonly string[];
      readonly effects: HandlerEffects;
    }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'parked' }
  | { readonly kind: 'failed'; readonly error: RecoveryError; readonly keys: readonly string[] | null };

/** What an evaluation may look at. It changes none of it. */
export interface Surroundings {
  readonly instance: WorkerInstance;
  readonly states: StateView;
  readonly recentIds: RecentIds | null;
  /** Keys whose events are parked since an earlier one failed. */
  readonly parkedKeys: ReadonlySet<string>;
}

/** Decodes, looks for duplicates and parked keys, and calls the worker, in this order. */
export function evaluateEvent(
  walked: WalkedEvent,
  partition: PartitionId,
  { instance, states, recentIds, parkedKeys }: Surroundings,
): Evaluation | Promise<Evaluation> {
  let keys: readonly string[] | null = null;
  try {
    const event = instance.event(walked.page, walked.index, partition);
    const id = recentIds === null ? null : instance.deduplicationId(event);
    if (id !== null && recentIds?.has(id)) return { kind: 'duplicate' };
    const named = (keys = instance.keys(event));
    if (parkedKeys.size > 0 && named.some((key) => parkedKeys.has(key))) return { kind: 'parked' };
    const returned = instance.invoke(event, named, walked.now, states);
    if (!(returned instanceof Promise)) return { kind: 'applied', id, keys: named, effects: returned };
    return returned.then(
      (effects) => ({ kind: 'applied', id, keys: named, effects }),
      (error: unknown) => failed(error, named),
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
  if (isRecoveryError(error) && error.code.startsWith('EM3')) return { kind: 'failed', error, keys };
  throw error;
}
