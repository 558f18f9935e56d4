import type { CutComparisons } from './compare-through-cuts.js';
import type { Suspect } from './suspect.js';

/** True where nothing can explain a suspect, nor any to which further keys and events are added. */
export function isBeyondReach(suspect: Suspect, tooMany: ReadonlySet<string>, found: CutComparisons): boolean {
  return hasTooManyEvents(suspect, tooMany) || readsWrongKeys(suspect, found);
}

/** @param tooMany keys with more events than are gathered */
export function hasTooManyEvents({ keys }: Suspect, tooMany: ReadonlySet<string>): boolean {
  return keys.some((key) => tooMany.has(key));
}

/** True where its events name keys that were wrong already before them, or that were not looked into. */
export function readsWrongKeys({ keys, outside, cut }: Suspect, { beyond, discrepancies }: CutComparisons): boolean {
  const isWrong = (key: string): boolean => beyond.has(key) || (discrepancies.get(key)?.cut ?? Infinity) < cut;
  return keys.some(isWrong) || [...outside].some(isWrong);
}
