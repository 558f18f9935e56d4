import { failed, notChecked, passed, type Finding } from '../conformance-report.js';
import { differenceBetween, foldTrial } from '../fold-trial.js';
import { withMember, type TrialEvent } from '../trial-event.js';
import type { Trial } from '../trial.js';
import { echoMember } from './echoes.js';

const size = 5000;
const piece = 500;
const longText = JSON.stringify('long '.repeat(200_000));

/** Thousands of events in one line, one of them with a text of a million characters. */
export async function checkLargeBatch(trial: Trial): Promise<Finding> {
  const [first] = trial.events;
  if (first === undefined) return notChecked('there is no event that the handler takes without a fault');
  const talk = await trial.talk();
  const events: TrialEvent[] = Array.from(
    { length: size },
    (_, n) => trial.events[n % trial.events.length] as TrialEvent,
  );
  if (first.value.startsWith('{')) events[1] = withMember(first, echoMember, longText);
  const { effects } = await talk.run(events, new Map());
  // Hundreds of rounds of the same events may well be too much for a handler; then that many are enough.
  const count = effects.events.length;
  if (count < 2) return failed(`it handled ${count} of ${size} events: ${effects.error ?? ''}`);
  const sizes = Array.from({ length: Math.ceil(count / piece) }, (_, n) => Math.min(piece, count - n * piece));
  const difference = differenceBetween(effects, await foldTrial(talk, events.slice(0, count), sizes));
  return difference === null
    ? passed(`${count} events in one batch give the same as in ${sizes.length}`)
    : failed(`of ${count} events in one batch, ${difference}`);
}
