import { failed, notChecked, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween, foldTrial } from '../fold-trial.js';
import type { Talk } from '../talk.js';
import { withMember, type TrialEvent } from '../trial-event.js';
import type { Trial } from '../trial.js';
import { echoMember } from './echoes.js';

const size = 5000;
const piece = 500;
const longText = JSON.stringify('long '.repeat(200_000));

/** Thousands of events in one line, one of them with a text of a million characters. */
export async function checkLargeBatch(trial: Trial): Promise<CheckFinding> {
  const [first] = trial.events;
  if (first === undefined) return notChecked('there is no event that the handler takes without a fault');
  const talk = await trial.talk();
  const usual = Array.from({ length: size }, (_, n) => trial.events[n % trial.events.length] as TrialEvent);
  const long = first.value.startsWith('{') ? usual.with(1, withMember(first, echoMember, longText)) : usual;
  const { events, effects } = await handled(talk, long, usual);
  const count = effects.events.length;
  if (count <= piece) return notChecked(`the handler takes no more than ${count} of ${size} events when they repeat`);
  const sizes = Array.from({ length: Math.ceil(count / piece) }, (_, n) => Math.min(piece, count - n * piece));
  const difference = differenceBetween(effects, await foldTrial(talk, events.slice(0, count), sizes));
  return difference === null
    ? passed(`${count} events in one batch give the same as in ${sizes.length}`)
    : failed(`of ${count} events in one batch, ${difference}`);
}

/** The first batch, or the second where the handler refuses the long text. */
async function handled(talk: Talk, events: readonly TrialEvent[], others: readonly TrialEvent[]) {
  const { effects } = await talk.run(events, new Map());
  return effects.events.length > 1 ? { events, effects } : { events: others, ...(await talk.run(others, new Map())) };
}
