import { EventPage, type EventHeaders } from '../src/model/log/event-page.js';
import type { PartitionId } from '../src/model/log/partition-id.js';
import { createWorkerInstance, type WorkerInstanceOptions } from '../src/worker/create-worker-instance.js';
import { defineWorker } from '../src/worker/define-worker.js';
import type { HandlerEffects, StateView, WorkerInstance } from '../src/worker/worker-instance.js';
import type { StatesOfKeys, Worker, WorkerContext } from '../src/worker/worker.js';

/** What the tests of this folder share: a page with one event, and a call of a worker on it. */
export const somePartition: PartitionId = { source: 'shop', topic: 'orders', incarnation: '', partition: 3 };

export interface OneEvent {
  readonly value?: unknown;
  readonly offset?: number;
  readonly time?: number;
  readonly key?: string | null;
  readonly headers?: EventHeaders;
  readonly undecodable?: string;
  readonly bytes?: Uint8Array | null;
}

export function pageOf(event: OneEvent): EventPage {
  return new EventPage({
    offsets: [event.offset ?? 7],
    timestamps: [event.time ?? NaN],
    keys: [event.key ?? null],
    headers: event.headers === undefined ? null : [event.headers],
    decodeValues: () => ({
      values: [event.value],
      undecodable: event.undecodable === undefined ? null : new Map([[0, event.undecodable]]),
    }),
    valueBytes: () => event.bytes ?? null,
    keyBytes: () => null,
  });
}

export type States = Readonly<Record<string, unknown>>;

export function viewOf(states: States): StateView {
  return { read: (key) => (Object.hasOwn(states, key) ? states[key] : undefined) };
}

/** Calls an instance on one event; effects are copied, since the instance uses them again. */
export function callInstance(
  instance: WorkerInstance,
  event: OneEvent,
  states: States = {},
): HandlerEffects | Promise<HandlerEffects> {
  const made = instance.event(pageOf(event), 0, somePartition);
  const effects = instance.invoke(made, instance.keys(made), event.time ?? -Infinity, viewOf(states));
  return effects instanceof Promise ? effects.then(copied) : copied(effects);
}

export function call(
  worker: Worker,
  event: OneEvent,
  states: States = {},
  options: WorkerInstanceOptions = {},
): HandlerEffects {
  return callInstance(createWorkerInstance(worker, options), event, states) as HandlerEffects;
}

function copied({ writes, outputs, reads }: HandlerEffects): HandlerEffects {
  return { writes: writes.map(({ key, state }) => ({ key, state })), outputs: [...outputs], reads: [...reads] };
}

/** The error that a piece of code throws, for tests that look at its parts. */
export function thrownBy(run: () => unknown): {
  code?: string;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
  cause?: unknown;
} {
  try {
    run();
  } catch (error) {
    return error as never;
  }
  throw new Error('nothing was thrown');
}

export interface Many {
  readonly keys: string[];
}

/** A worker of many keys whose events say themselves which. */
export function many(evolve: (states: StatesOfKeys<unknown>, context: WorkerContext) => unknown, more: object = {}) {
  return defineWorker<Many, unknown>({
    name: 'many',
    version: '2',
    keys: (event) => event.value.keys,
    evolve: (states, _, context) => evolve(states, context) as undefined,
    ...more,
  });
}

/** A worker of the single key `a`. */
export function single(evolve: (state: unknown, context: WorkerContext) => unknown, more: object = {}) {
  return defineWorker<unknown, unknown>({
    name: 'one',
    version: '2',
    key: () => 'a',
    evolve: (state, _, context) => evolve(state, context),
    ...more,
  });
}

/** An event that names two keys. */
export const ab = { value: { keys: ['a', 'b'] } };
