import { canonicalJson } from '../../model/json/canonical-json.js';
import { fieldAt, isPlainObject, type StateFact } from '../../model/records/state-fact.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import { comparableState } from '../../evidence/compare/comparable-state.js';

/** Both sides of a fact as they are compared; `rebuilt` is null where there is no state. */
export interface ComparedFact {
  readonly stated: string;
  readonly rebuilt: string | null;
}

/** @param state the rebuilt one as it is stored; undefined where the key has none: the worker's initial one then counts */
export function compareFact(instance: WorkerBasis, key: string, state: unknown, fact: StateFact): ComparedFact {
  const known = state === undefined ? initialOf(instance, key) : state;
  if (!('state' in fact)) {
    const stated = canonicalJson(fact.fields.map(([path, value]) => [path.join('.'), value]));
    if (known === undefined) return { stated, rebuilt: null };
    return {
      stated,
      rebuilt: canonicalJson(fact.fields.map(([path]) => [path.join('.'), fieldAt(known, path) ?? null])),
    };
  }
  return {
    stated: comparable(instance, fact.state, key),
    rebuilt: known === undefined ? null : comparable(instance, known, key),
  };
}

/** Whether the fields of a fact have a place in a state. */
export function isFit(state: unknown, fact: StateFact): boolean {
  if ('state' in fact) return true;
  return fact.fields.every(([path]) => isPlainObject(fieldAt(state, path.slice(0, -1))));
}

/** What a `normalise` makes of a state that it was not made for is no error of the worker: as it is then. */
function comparable(instance: WorkerBasis, state: unknown, key: string): string {
  try {
    return comparableState(instance, state, key);
  } catch {
    return canonicalJson(state);
  }
}

/** Undefined where a state is stored in another form than the worker has it. */
function initialOf({ worker }: WorkerBasis, key: string): unknown {
  return worker.codec === undefined ? worker.initial?.(key) : undefined;
}
