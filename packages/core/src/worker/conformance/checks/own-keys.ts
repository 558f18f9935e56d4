import { passed, type CheckFinding } from '../conformance-report.js';
import type { Trial } from '../trial.js';

/** The answer is read as a recovery reads it, which refuses a state that no event of the batch may write. */
export async function checkOwnKeys(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  let written = 0;
  for (const [place, event] of trial.events.entries()) {
    const { effects } = await talk.run([event], new Map(), { firstOffset: place });
    written += effects.states.size;
  }
  return passed(`${trial.events.length} events alone wrote ${written} states, all of keys that they name`);
}
