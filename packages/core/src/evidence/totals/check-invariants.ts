import type { WorkerBasis } from '../../worker/worker-instance.js';
import { shortened } from '../compare/comparable-state.js';

/** Whether an invariant of the worker holds for all states. That it does proves none of them. */
export interface InvariantResult {
  readonly name: string;
  /** Keys that break it. */
  readonly broken: number;
  /** The first key that breaks it, with the worker's own words where it has any. */
  readonly first: { readonly key: string; readonly said: string | null } | null;
  /** The first keys that break it. */
  readonly keys: readonly string[];
}

type Rule = (state: unknown, key: string) => boolean | string;

const namedKeys = 5;

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
    first ??= { key, said: typeof said === 'string' ? shortened(said) : null };
    if (keys.length < namedKeys) keys.push(key);
  }
  return { name, broken, first, keys };
}
