import { checkWorkerDefinition } from './check-worker-definition.js';
import type {
  ManyKeysWorker,
  ManyKeysWorkerWithInitial,
  SingleKeyWorker,
  SingleKeyWorkerWithInitial,
  Worker,
} from './worker.js';

/** Marks workers across copies of this package. */
const brand: unique symbol = Symbol.for('eventmend.Worker') as never;

/**
 * Declares a worker: a fold over events with outputs. The default export of a worker module is what this returns.
 *
 * With `key`, events name one key each and `evolve` returns its next state (or `deleted`); with `keys`, they name
 * several and `evolve` reads and writes them through `states`. Give the types of value and state (`defineWorker<Order,
 * Basket>`), or annotate the event of `key` and let `initial` tell the state.
 * @throws RecoveryError `invalid-worker` when a property is unknown, missing, of the wrong kind, or contradicts
 *   another.
 */
export function defineWorker<Value = unknown, State = unknown>(
  definition: SingleKeyWorkerWithInitial<Value, State>,
): Worker;
export function defineWorker<Value = unknown, State = unknown>(
  definition: ManyKeysWorkerWithInitial<Value, State>,
): Worker;
export function defineWorker<Value = unknown, State = unknown>(definition: SingleKeyWorker<Value, State>): Worker;
export function defineWorker<Value = unknown, State = unknown>(definition: ManyKeysWorker<Value, State>): Worker;
export function defineWorker(definition: object): Worker {
  checkWorkerDefinition(definition);
  const frozen = Object.freeze({ ...definition });
  return Object.freeze({ ...frozen, definition: frozen, [brand]: true }) as unknown as Worker;
}

/** True for what `defineWorker` of any installed copy of this package returned. */
export function isWorker(value: unknown): value is Worker {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
