import type { StateFact } from '../../model/records/state-fact.js';

/** Sets what a fact states in the plainest way: on a copy, one field after the other. */
export function setFact(states: Map<string, unknown>, key: string, fact: StateFact): void {
  if ('state' in fact) {
    states.set(key, fact.state);
    return;
  }
  const copy: unknown = structuredClone(states.get(key));
  for (const [path, value] of fact.fields) {
    let at = copy;
    for (const name of path.slice(0, -1)) at = isFields(at) ? at[name] : undefined;
    const last = path.at(-1);
    if (isFields(at) && last !== undefined) at[last] = value;
  }
  if (copy !== undefined) states.set(key, copy);
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
