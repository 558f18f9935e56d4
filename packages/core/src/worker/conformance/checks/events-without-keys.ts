import { failed, notChecked, passed, type CheckFinding } from '../conformance-report.js';
import type { Trial } from '../trial.js';
import { hostileValues } from './hostile-values.js';

/** One event that cannot name its keys is an entry of the answer; its neighbours are named all the same. */
export async function checkEventsWithoutKeys(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  const [good] = trial.events;
  if (good === undefined) return notChecked('there is no event that the handler takes without a fault');
  let refused = 0;
  for (const hostile of hostileValues(good)) {
    const [before, between, after] = await talk.send([good, hostile, good], 0).keys;
    if (between?.kind === 'unusable') return failed(`for ${hostile.value.slice(0, 80)} it named ${between.what}`);
    if (before?.kind !== 'keys' || after?.kind !== 'keys') {
      return failed(`beside ${hostile.value.slice(0, 80)}, an event lost its keys`);
    }
    if (between?.kind === 'threw') refused++;
  }
  return refused === 0
    ? notChecked('it finds keys in everything that it was given')
    : passed(`${refused} hostile values were answered with an error each, and their neighbours with keys`);
}
