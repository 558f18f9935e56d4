import { failed, notChecked, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween, foldTrial } from '../fold-trial.js';
import type { Trial } from '../trial.js';

/** States that travel between two batches must come back as they went: numbers, texts and the order of fields. */
export async function checkSplitBatch(trial: Trial): Promise<CheckFinding> {
  const count = trial.events.length;
  if (count < 2) return notChecked('it takes two events that the handler takes without a fault');
  const talk = await trial.talk();
  const whole = await foldTrial(talk, trial.events, [count]);
  const half = Math.ceil(count / 2);
  const cuts = { 'cut in two': [half, count - half], 'one by one': Array.from({ length: count }, () => 1) };
  for (const [how, sizes] of Object.entries(cuts)) {
    const difference = differenceBetween(whole, await foldTrial(talk, trial.events, sizes));
    if (difference !== null) return failed(`${how}, ${difference}`);
  }
  return passed(`${count} events have the same states and outputs as one batch, as two, and one by one`);
}
