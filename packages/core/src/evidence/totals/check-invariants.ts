import type { WorkerBasis } from '../../worker/worker-instance.js';
import { compareText } from '../../model/log/partition-id.js';
import { shortened } from '../compare/comparable-state.js';

/** Whether an invariant of the worker holds for all states. That it does proves none of them. */
export interface InvariantResult {
  readonly name: string;
  /** Keys that break it. */
  readonly broken: number;
  /** The least key that breaks it, with the worker's own words where it has any: the same in whatever order states come. */
  readonly first: { readonly key: string; readonly said: string | null } | null;
  /** The least keys that break it, in their order. */
  readonly keys: readonly string[];
}

type Rule = (state: unknown, key: string) => boolean | string;

export const namedKeys = 5;

/** Holds states, as they are stored, against each invariant that the worker declares. */
export function checkInvariants(
  states: ReadonlyMap<string, unknown>,
  instance: WorkerBasis,
): readonly InvariantResult[] {
  return Object.entries((instance.worker.invariants ?? {}) as Record<string, Rule>).map(([name, rule]) =>
    checkInvariant(name, rule, states, instance),
  );
}

function checkInvariant(
  name: string,
  rule: Rule,
  states: ReadonlyMap<string, unknown>,
  instance: WorkerBasis,
): InvariantResult {
  let broken = 0;
  let first: InvariantResult['first'] = null;
  const keys: string[] = [];
  for (const [key, state] of states) {
    let said: boolean | string;
    try {
      said = rule(instance.decodeState(state), key);
    } catch (error) {
      said = `it threw: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (said === true) continue;
    broken++;
    if (first === null || compareText(key, first.key) < 0) {
      first = { key, said: typeof said === 'string' ? shortened(said) : null };
    }
    const last = keys.at(-1);
    if (last !== undefined && keys.length === namedKeys && compareText(key, last) > 0) continue;
    keys.push(key);
    keys.sort(compareText);
    keys.length = Math.min(keys.length, namedKeys);
  }
  return { name, broken, first, keys };
}
