import { failed, notChecked, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween } from '../fold-trial.js';
import type { Talk } from '../talk.js';
import type { TrialEvent } from '../trial-event.js';
import type { Trial } from '../trial.js';
import { hostileValues } from './hostile-values.js';

/** An event that fails in the middle of a batch ends it there; what came before counts, and the process goes on. */
export async function checkFailingEvent(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  const before = trial.events.slice(0, 3);
  if (before.length === 0) return notChecked('there is no event that the handler takes without a fault');
  const failure = await findFailure(talk, before, trial.events.slice(0, 8));
  if (failure === null) return notChecked('no hostile value makes this handler fail');
  const alone = await talk.run(before, new Map());
  const difference = differenceBetween(alone.effects, failure.effects);
  if (difference !== null) return failed(`before an event that fails, ${difference}`);
  const afterwards = differenceBetween(alone.effects, (await talk.run(before, new Map())).effects);
  if (afterwards !== null) return failed(`after an event that failed, ${afterwards}`);
  return passed(`it says so, keeps the events before it and goes on: ${failure.message.slice(0, 120)}`);
}

/** What comes of a batch in which the handler fails on a hostile value that has keys, with good events around it. */
async function findFailure(talk: Talk, before: readonly TrialEvent[], models: readonly TrialEvent[]) {
  for (const hostile of models.flatMap(hostileValues)) {
    const { asked, effects } = await talk.run([...before, hostile, ...before], new Map());
    const fails = asked[before.length] !== null && effects.events.length === before.length;
    if (fails && effects.error !== null) return { effects, message: effects.error };
  }
  return null;
}
