import { failed, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween } from '../fold-trial.js';
import type { EventEffects } from '../../process/read-effects-answer.js';
import type { Talk } from '../talk.js';
import type { TrialEvent } from '../trial-event.js';
import type { Trial } from '../trial.js';

/** A batch with events to skip does what the others do alone; a batch of nothing else does nothing. */
export async function checkSkippedEvents(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  const { events } = trial;
  const all = await talk.run(events, new Map(), { skip: new Set(events.keys()) });
  if (all.effects.states.size > 0) return failed('it wrote states, with all events of the batch to be skipped');
  for (const every of [2, 3]) {
    const skip = new Set([...events.keys()].filter((place) => place % every === 0));
    const { effects } = await talk.run(events, new Map(), { skip });
    const alone = await othersAlone(talk, events, skip);
    const difference = differenceBetween(alone, effects);
    if (difference !== null) return failed(`with every ${every}. event to be skipped, ${difference}`);
    if (alone.events.length !== effects.events.length) {
      return failed(
        `with every ${every}. event to be skipped, ${effects.error ?? 'it goes on behind an event that fails'}`,
      );
    }
  }
  return passed('it leaves them out, and handles the others as if they were alone');
}

/** The events that are not skipped, each in a batch of its own, up to one that fails without the others. */
async function othersAlone(talk: Talk, events: readonly TrialEvent[], skip: ReadonlySet<number>) {
  const states = new Map<string, unknown>();
  const effects: (EventEffects | null)[] = [];
  for (const [place, event] of events.entries()) {
    if (skip.has(place)) {
      effects.push(null);
      continue;
    }
    const one = (await talk.run([event], states, { firstOffset: place })).effects;
    if (one.error !== null) break;
    for (const [key, state] of one.states) states.set(key, state);
    effects.push(one.events[0] ?? null);
  }
  return { events: effects, states };
}
