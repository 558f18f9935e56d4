import { failed, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween } from '../fold-trial.js';
import type { Trial } from '../trial.js';

/** A later version of the protocol may add members; a process of today must not mind. */
export async function checkUnknownMembers(trial: Trial): Promise<CheckFinding> {
  const plain = await (await trial.talk()).run(trial.events, new Map());
  const talk = trial.ungreeted();
  try {
    talk.addUnknownMembers();
    await talk.greet();
    const { effects } = await talk.run(trial.events, new Map());
    const difference = differenceBetween(plain.effects, effects);
    return difference === null
      ? passed('it ignores them')
      : failed(`with members that it does not know, ${difference}`);
  } finally {
    await talk.link.close();
  }
}
