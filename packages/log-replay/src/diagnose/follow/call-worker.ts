import { isWorkerError, type RecoveryError } from '@eventmend/core';
import type { EmittedOutput, HandlerEffects, OutputValues, StateView, OpenWorker } from '@eventmend/core/engine';
import type { WalkedEvent } from './walk-log.js';

/** What the handler made of an event, in copies that may be kept. */
export interface CalledWorker {
  /** Without what is volatile in them: see `comparableRecords`. */
  readonly outputs: readonly EmittedOutput[];
  readonly writes: readonly { readonly key: string; readonly state: unknown }[];
  /** It asked for random numbers. */
  readonly drew: boolean;
}

/** The effects of one call; or the fault of the worker, which the poison policy is for. */
export type WorkerAnswer = CalledWorker | { readonly fault: RecoveryError };

/** Calls the worker with the states of a view. Throws what is no fault of the event. */
export function callWorker(
  instance: OpenWorker,
  { event, keys, now, fault }: WalkedEvent,
  view: StateView,
  values: OutputValues,
): WorkerAnswer | Promise<WorkerAnswer> {
  if (fault !== null) return { fault };
  try {
    const effects = instance.invoke(event, keys, now, view);
    if (!(effects instanceof Promise)) return copyOf(effects, values);
    return effects.then((given) => copyOf(given, values), faultOf);
  } catch (error) {
    return faultOf(error);
  }
}

/** The lists of the effects are used again by the next call. */
function copyOf({ outputs, writes, drew = false }: HandlerEffects, values: OutputValues): CalledWorker {
  const compared = values.hasVolatile
    ? outputs.map((one) => ({ ...one, value: values.comparable(one.output, one.value) }))
    : [...outputs];
  return { outputs: compared, writes: writes.map(({ key, state }) => ({ key, state })), drew };
}

function faultOf(error: unknown): WorkerAnswer {
  if (isWorkerError(error)) return { fault: error };
  throw error;
}

/** States of a view with some written over. */
export function overlaid(view: StateView, writes: CalledWorker['writes']): StateView {
  if (writes.length === 0) return view;
  const over = new Map(writes.map(({ key, state }) => [key, state]));
  return { ...view, read: (key) => (over.has(key) ? over.get(key) : view.read(key)) };
}
