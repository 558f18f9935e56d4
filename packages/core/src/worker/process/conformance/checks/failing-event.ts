import { failed, notChecked, passed, type Finding } from '../conformance-report.js';
import { differenceBetween } from '../fold-trial.js';
import type { Talk } from '../talk.js';
import type { TrialEvent } from '../trial-event.js';
import type { Trial } from '../trial.js';
import { hostileValues } from './hostile-values.js';

/** An event that fails in the middle of a batch ends it there; what came before counts, and the process goes on. */
export async function checkFailingEvent(trial: Trial): Promise<Finding> {
  const talk = await trial.talk();
  const before = trial.events.slice(0, 3);
  if (before.length === 0) return notChecked('there is no event that the handler takes without a fault');
  const failing = await findFailing(talk, trial.events.slice(0, 8));
  if (failing === null) return notChecked('no hostile value makes this handler fail');
  const alone = await talk.run(before, new Map());
  const { effects } = await talk.run([...before, failing, ...before], new Map());
  if (effects.error === null) return failed('the event that fails alone does not fail behind others');
  if (effects.events.length !== before.length) {
    return failed(`the event behind ${before.length} others fails, and ${effects.events.length} were done`);
  }
  const difference = differenceBetween(alone.effects, effects);
  if (difference !== null) return failed(`before an event that fails, ${difference}`);
  const afterwards = differenceBetween(alone.effects, (await talk.run(before, new Map())).effects);
  if (afterwards !== null) return failed(`after an event that failed, ${afterwards}`);
  return passed(`it says so, keeps the events before it and goes on: ${effects.error.slice(0, 120)}`);
}

/** The first hostile value that has keys, and that the handler fails on. */
async function findFailing(talk: Talk, models: readonly TrialEvent[]): Promise<TrialEvent | null> {
  for (const model of models) {
    for (const hostile of hostileValues(model)) {
      const { asked, effects } = await talk.run([hostile], new Map());
      if (asked[0] !== null && effects.error !== null) return hostile;
    }
  }
  return null;
}
