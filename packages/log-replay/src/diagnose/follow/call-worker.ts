import { isWorkerError, type RecoveryError } from '@eventmend/core';
import type { EmittedOutput, HandlerEffects, StateView, OpenWorker } from '@eventmend/core/engine';
import type { WalkedEvent } from './walk-log.js';

/** What the handler made of an event, in copies that may be kept. */
export interface CalledWorker {
  readonly outputs: readonly EmittedOutput[];
  readonly writes: readonly { readonly key: string; readonly state: unknown }[];
}

/** The effects of one call; or the fault of the worker, which the poison policy is for. */
export type WorkerAnswer = CalledWorker | { readonly fault: RecoveryError };

/** Calls the worker with the states of a view. Throws what is no fault of the event. */
export function callWorker(
  instance: OpenWorker,
  { event, keys, now, fault }: WalkedEvent,
  view: StateView,
): WorkerAnswer | Promise<WorkerAnswer> {
  if (fault !== null) return { fault };
  try {
    const effects = instance.invoke(event, keys, now, view);
    return effects instanceof Promise ? effects.then(copyOf, faultOf) : copyOf(effects);
  } catch (error) {
    return faultOf(error);
  }
}

/** The lists of the effects are used again by the next call. */
function copyOf({ outputs, writes }: HandlerEffects): CalledWorker {
  return { outputs: [...outputs], writes: writes.map(({ key, state }) => ({ key, state })) };
}

function faultOf(error: unknown): WorkerAnswer {
  if (isWorkerError(error)) return { fault: error };
  throw error;
}

/** States of a view with some written over. */
export function overlaid(view: StateView, writes: CalledWorker['writes']): StateView {
  if (writes.length === 0) return view;
  const over = new Map(writes.map(({ key, state }) => [key, state]));
  return { read: (key) => (over.has(key) ? over.get(key) : view.read(key)) };
}
