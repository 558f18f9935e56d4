import { statesAfter } from './fold-trial.js';
import type { Talk, TrialStates } from './talk.js';
import type { TrialEvent } from './trial-event.js';

/** More events than this show nothing new. */
const wanted = 64;
const tried = 2000;
const atOnce = 100;

/**
 * The first events that the handler takes without a fault, one after the other; the others are left out, as a run that
 * parks them would do.
 */
export async function selectEvents(talk: Talk, candidates: readonly TrialEvent[]): Promise<readonly TrialEvent[]> {
  const chosen: TrialEvent[] = [];
  let states: TrialStates = new Map<string, unknown>();
  const waiting = candidates.slice(0, tried);
  while (waiting.length > 0 && chosen.length < wanted) {
    const batch = waiting.splice(0, atOnce);
    const { effects } = await talk.run(batch, states);
    states = statesAfter(states, effects);
    chosen.push(...batch.filter((_, place) => (effects.events[place] ?? null) !== null));
    // Behind an event that failed, the rest is tried again.
    if (effects.error !== null) waiting.unshift(...batch.slice(effects.events.length + 1));
  }
  return chosen.slice(0, wanted);
}
