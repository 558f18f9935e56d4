import type { ErrorCode } from '../model/errors/error-catalogue.js';
import { explainNotPlain } from '../model/json/explain-not-plain.js';
import { quoteKey, type FailureExtras } from './worker-failures.js';

/** A rule that a handler broke, in words; the frame of the call adds worker and event. */
export interface Refusal extends FailureExtras {
  readonly code: ErrorCode;
  readonly what: string;
}

export function undeclaredKey(key: string, named: readonly string[]): Refusal {
  const names = named.slice(0, 5).map(quoteKey).join(', ');
  return {
    code: 'undeclared-key',
    what: `it touched key ${quoteKey(key)}, which the event does not name (it names ${names})`,
    hint: 'name every key that the handler needs in `keys`; keys derive from the event alone',
    keys: [String(key)],
  };
}

export function nothingReturned(key: string | undefined): Refusal {
  return {
    code: 'invalid-handler-result',
    what: `evolve returned nothing for key ${quoteKey(key)}`,
    hint: 'return the next state; to delete it, return `deleted` from @eventmend/core',
  };
}

export function valueReturned(): Refusal {
  return {
    code: 'invalid-handler-result',
    what: 'evolve returned a value, which would be lost',
    hint: 'a worker with `keys` writes states with states.set(key, state); one with `key` returns the state',
  };
}

export function nothingSet(key: string): Refusal {
  return {
    code: 'invalid-handler-result',
    what: `states.set was given nothing for key ${quoteKey(key)}`,
    hint: 'states.delete(key) deletes a state',
  };
}

export function notPlainState(key: string, state: unknown): Refusal {
  const { path, reason } = explainNotPlain(state) ?? unexplained;
  return {
    code: 'non-json-value',
    what: `the state of key ${quoteKey(key)} has at ${path} ${reason}`,
    hint: 'a state is plain JSON data: objects, lists, texts, numbers below 2^53, true, false, null; or give the worker a codec',
    keys: [key],
    path,
  };
}

export function notPlainOutput(output: string, value: unknown): Refusal {
  const { path, reason } = explainNotPlain(value) ?? unexplained;
  return {
    code: 'non-json-value',
    what: `output ${quoteKey(output)}: its value has at ${path} ${reason}`,
    hint: 'an output is plain JSON data',
    path,
  };
}

export function unusableOutput(output: string, what: string): Refusal {
  return {
    code: 'non-json-value',
    what: `output ${quoteKey(output)}: ${what}`,
    hint: 'context.emit(name, value, { key, id }): name, key and id are texts without halves of surrogate pairs',
  };
}

export function undeclaredTable(table: string): Refusal {
  return {
    code: 'invalid-reference-data',
    what: `it asked for the reference table ${quoteKey(table)}, which the worker does not declare`,
    hint: `declare it: lookups: [${quoteKey(table)}]`,
  };
}

export function usedTooLate(): Refusal {
  return {
    code: 'worker-failed',
    what: 'it used states or context after its call had ended',
    hint: 'await everything that the handler starts',
  };
}

/** What somebody put on Object.prototype is seen by the fast check only. */
const unexplained = { path: '$', reason: 'something that is not plain JSON data' };
