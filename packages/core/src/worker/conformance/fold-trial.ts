import { firstDivergence } from '../process/compare-effects.js';
import type { BatchEffects, EventEffects } from '../process/read-effects-answer.js';
import type { Talk, TrialStates } from './talk.js';
import type { TrialEvent } from './trial-event.js';

/** An event that the handler took before fails now. */
export class UnexpectedFailure extends Error {}

/** Handles events in batches of these sizes, one after the other, as if they were one batch. @throws UnexpectedFailure */
export async function foldTrial(
  talk: Talk,
  events: readonly TrialEvent[],
  sizes: readonly number[],
): Promise<Pick<BatchEffects, 'events' | 'states'>> {
  const effects: (EventEffects | null)[] = [];
  const written = new Map<string, unknown>();
  let from = 0;
  for (const size of sizes) {
    const { effects: part } = await talk.run(events.slice(from, from + size), written, { firstOffset: from });
    if (part.error !== null) {
      throw new UnexpectedFailure(`event ${from + part.events.length} failed, which it did not before: ${part.error}`);
    }
    effects.push(...part.events);
    for (const [key, state] of part.states) written.set(key, state);
    from += size;
  }
  return { events: effects, states: written };
}

/** How two foldings of the same events differ, in words; null where they do not. */
export function differenceBetween(
  one: Pick<BatchEffects, 'events' | 'states'>,
  other: Pick<BatchEffects, 'events' | 'states'>,
): string | null {
  const found = firstDivergence(one, other) ?? firstDivergence(other, one);
  return found === null ? null : `event ${found.place}: ${found.what.replace(/^handled again, /, '')}`;
}

/** The states after a batch. */
export function statesAfter(before: TrialStates, effects: BatchEffects): TrialStates {
  return new Map([...before, ...effects.states]);
}
