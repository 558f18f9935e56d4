import { isWellFormedText } from '../model/json/well-formed-text.js';
import { describeThrown, quoteKey, workerFailure } from './worker-failures.js';
import type { Worker, WorkerEvent } from './worker.js';

/**
 * The keys that an event names, each once, in the order in which the worker names them. Keys are any well-formed texts,
 * the empty one and `__proto__` among them; half a surrogate pair is refused, since no store could tell it from another
 * half.
 * @throws RecoveryError `invalid-event-keys` when the worker names no key, or one that is not well-formed text,
 *   `worker-failed` when the worker throws.
 */
export function deriveKeys(worker: Worker, event: WorkerEvent): readonly string[] {
  const { key, keys } = worker.definition;
  let given: unknown;
  try {
    given = key === undefined ? keys(event as never) : key(event as never);
  } catch (cause) {
    const property = key === undefined ? 'keys' : 'key';
    throw workerFailure('worker-failed', worker, event, `${property} threw ${describeThrown(cause)}`, { cause });
  }
  if (key !== undefined) return isWellFormedText(given) ? [given] : refuse(worker, event, 'key', given);
  if (!Array.isArray(given)) return refuse(worker, event, 'keys', given);
  // Copied, because the worker may use the list again; two keys are by far the most common.
  const list: readonly unknown[] = given;
  const first = list[0];
  const second = list[1];
  if (!isWellFormedText(first)) return refuse(worker, event, 'keys', list.length === 0 ? 'an empty list' : first);
  if (list.length === 1) return [first];
  if (list.length === 2 && isWellFormedText(second)) return first === second ? [first] : [first, second];
  for (const entry of list) if (!isWellFormedText(entry)) return refuse(worker, event, 'keys', entry);
  return [...new Set(list as readonly string[])];
}

function refuse(worker: Worker, event: WorkerEvent, property: 'key' | 'keys', given: unknown): never {
  const what = typeof given === 'string' ? (property === 'keys' ? given : quoteKey(given)) : describeThrown(given);
  throw workerFailure('invalid-event-keys', worker, event, `${property} gave ${what}`, {
    hint:
      property === 'key'
        ? 'key: (event) => a text; events that the worker has no use for still need one, or leave their topic out with `topics`'
        : 'keys: (event) => a list with at least one text',
  });
}
