import { failed, passed, type Finding } from '../conformance-report.js';
import { differenceBetween, foldTrial } from '../fold-trial.js';
import type { Trial } from '../trial.js';

/** A batch with events to skip does what the others do alone; a batch of nothing else does nothing. */
export async function checkSkippedEvents(trial: Trial): Promise<Finding> {
  const talk = await trial.talk();
  const { events } = trial;
  const all = await talk.run(events, new Map(), { skip: new Set(events.keys()) });
  if (all.effects.states.size > 0) return failed('it wrote states, with all events of the batch to be skipped');
  for (const every of [2, 3]) {
    const skip = new Set([...events.keys()].filter((place) => place % every === 0));
    const { effects } = await talk.run(events, new Map(), { skip });
    // The rest alone, each event at its own offset.
    const written = new Map<string, unknown>();
    const alone = [];
    for (const [place, event] of events.entries()) {
      if (skip.has(place)) {
        alone.push(null);
        continue;
      }
      const one = await talk.run([event], written, { firstOffset: place });
      for (const [key, state] of one.effects.states) written.set(key, state);
      alone.push(one.effects.events[0] ?? null);
    }
    const difference = differenceBetween({ events: alone, states: written }, effects);
    if (effects.error !== null) return failed(`without every ${every}. event, another one fails: ${effects.error}`);
    if (difference !== null) return failed(`with every ${every}. event to be skipped, ${difference}`);
  }
  await foldTrial(talk, events, [events.length]);
  return passed('it leaves them out, and handles the others as if they were alone');
}
