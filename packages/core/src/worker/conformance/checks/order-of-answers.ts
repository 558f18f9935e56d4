import { failed, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween } from '../fold-trial.js';
import type { KeysOfEvent } from '../../process/read-keys-answer.js';
import type { Trial } from '../trial.js';

const named = (keys: readonly KeysOfEvent[]) => keys.map((entry) => (entry.kind === 'keys' ? entry.keys : null));

/** Two batches in hand, the states of the second before those of the first; then nothing that was not asked for. */
export async function checkOrderOfAnswers(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  const half = Math.ceil(trial.events.length / 2);
  const [early, late] = [trial.events.slice(0, half), trial.events.slice(half)];
  const alone = [await talk.run(early, new Map()), await talk.run(late, new Map(), { firstOffset: half })] as const;

  const [first, second] = [talk.send(early, 0), talk.send(late, half)];
  const [keys, laterKeys] = [named(await first.keys), named(await second.keys)];
  const [later, earlier] = await Promise.all([
    talk.handle(second, laterKeys, new Map()),
    talk.handle(first, keys, new Map()),
  ]);
  await talk.expectSilence();
  const difference = differenceBetween(alone[0].effects, earlier) ?? differenceBetween(alone[1].effects, later);
  return difference === null
    ? passed('with two batches in hand, each message has its own answer')
    : failed(`with two batches in hand, ${difference}`);
}
