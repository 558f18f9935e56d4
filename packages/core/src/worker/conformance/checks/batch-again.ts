import { failed, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween } from '../fold-trial.js';
import type { Trial } from '../trial.js';

/** The answer depends on the message alone: not on what the process was asked before, and not on the process. */
export async function checkBatchAgain(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  const first = await talk.run(trial.events, new Map());
  const again = await talk.run(trial.events, new Map());
  const inPlace = differenceBetween(first.effects, again.effects);
  if (inPlace !== null) return failed(`the same batch in the same process: ${inPlace}`);
  const other = await trial.fresh();
  try {
    const elsewhere = await other.run(trial.events, new Map());
    const difference = differenceBetween(first.effects, elsewhere.effects);
    return difference === null
      ? passed('the same batch has the same effects, in the same process and in another one')
      : failed(`the same batch in a new process: ${difference}`);
  } finally {
    await other.link.close();
  }
}
