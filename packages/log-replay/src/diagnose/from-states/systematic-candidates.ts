import type { OtherHandling } from './fold-otherwise.js';
import type { GatheredEvent } from './gather-events.js';
import type { Accusation } from './single-faults.js';
import { itemsOf, type Suspect } from './suspect.js';

/** One statement about all events of some kind, to be tried on every key. */
export interface SystematicCandidate {
  readonly kind: 'missed' | 'twice';
  readonly property: string;
  readonly holds: (event: GatheredEvent) => boolean;
  /** `one-by-one`: each event twice, right behind itself; `stretch`: all of them, and then all of them again. */
  readonly repeats: 'one-by-one' | 'stretch';
  /** The smaller, the simpler the statement. */
  readonly complexity: number;
}

/** How a suspect's events were handled if the statement holds between its cuts; null where it says nothing of any. */
export function handlingUnder({ kind, holds, repeats }: SystematicCandidate, suspect: Suspect): OtherHandling | null {
  const { events, first, end } = suspect;
  const altered = events.flatMap((event, number) => (number >= first && number < end && holds(event) ? [number] : []));
  const [from] = altered;
  const last = altered.at(-1);
  if (from === undefined || last === undefined) return null;
  const meant = new Set(altered);
  const items = itemsOf(suspect);
  const sequence: number[] = [];
  for (const item of items.slice(items.indexOf(from))) {
    if (kind === 'twice' || !meant.has(item)) sequence.push(item);
    if (kind === 'twice' && repeats === 'one-by-one' && meant.has(item)) sequence.push(item);
    if (kind === 'twice' && repeats === 'stretch' && item === last) sequence.push(...altered);
  }
  return { from, sequence, altered };
}

/**
 * What the statement says of single events of a key. An event that changes no state when it is handled right has left no
 * trace either way, and nothing is said of it.
 */
export function accusationsUnder(
  candidate: SystematicCandidate,
  { events, first, end }: Suspect,
): readonly Accusation[] {
  return events.flatMap((event, number): Accusation[] =>
    number >= first && number < end && candidate.holds(event) && changesSomething(event)
      ? [{ kind: candidate.kind, event: number }]
      : [],
  );
}

function changesSomething({ keys, before, after }: GatheredEvent): boolean {
  return keys.some((key) => JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key)));
}
