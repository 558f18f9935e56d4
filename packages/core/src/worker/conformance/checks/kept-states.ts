import type { FoldedBatch, StateKeeper } from '../../process/batch-worker.js';
import type { BatchEffects } from '../../process/read-effects-answer.js';
import { failed, notChecked, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween, foldTrial } from '../fold-trial.js';
import type { Talk } from '../talk.js';
import type { TrialEvent } from '../trial-event.js';
import type { Trial } from '../trial.js';
import { hostileValues } from './hostile-values.js';

const keepsNone = 'it speaks version 1 of the protocol, and keeps no states';

type Effects = Pick<BatchEffects, 'events' | 'states'>;

/** Several batches under way, each behind states that are still asked for, give what the same events give without memory. */
export async function checkKeptStates(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  if (talk.keeper() === null) return notChecked(keepsNone);
  const half = Math.ceil(trial.events.length / 2);
  const expected = await foldTrial(talk, trial.events, [half, trial.events.length - half]);
  const difference = differenceBetween(expected, await keep(talk, trial.events, 3));
  if (difference !== null) return failed(`with batches of 3 under way, ${difference}`);
  const alone = differenceBetween(expected, await keep(talk, trial.events, 1));
  if (alone !== null) return failed(`with batches of 1 under way, ${alone}`);
  return passed(`${trial.events.length} events give the same where the process keeps the states`);
}

/** What it was told to forget is asked for again, and nothing else is left of it. */
export async function checkForgottenStates(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  if (talk.keeper() === null) return notChecked(keepsNone);
  const expected = await keep(talk, trial.events, 5);
  // Behind this, its memory is full of states, and of a batch whose states never come.
  await keep(talk, [...trial.events].reverse(), 2);
  void talk
    .keeper()
    ?.fold(talk.keptEvents(trial.events.slice(0, 2)), new Set(), neverAnswered)
    .catch(() => undefined);
  const difference = differenceBetween(expected, await keep(talk, trial.events, 4));
  return difference === null
    ? passed('after forget, it asks for every state again')
    : failed(`after forget, ${difference}`);
}

const neverAnswered = {
  read: () => {
    throw new Error('no state is given');
  },
};

/** An event that fails in a batch has no effect; those behind it are handled all the same. */
export async function checkKeptFailure(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  if (talk.keeper() === null) return notChecked(keepsNone);
  const [first, second = first] = trial.events;
  if (first === undefined || second === undefined) return notChecked('there is no event that the handler takes');
  for (const hostile of trial.events.slice(0, 8).flatMap(hostileValues)) {
    const { asked, effects } = await talk.run([first, hostile], new Map());
    if (effects.error === null || asked[1] === null) continue;
    const batch = [first, hostile, second];
    // The event takes its number and its time, so it is skipped and not left out.
    const without = await talk.run(batch, new Map(), { skip: new Set([1]) });
    if (without.effects.error !== null) continue;
    const keeping = await keep(talk, batch, 4);
    if (keeping.events[1] !== null) return failed('an event failed, and when states were kept it did not');
    const difference = differenceBetween(without.effects, keeping);
    return difference === null
      ? passed(`the events behind one that fails are handled: ${effects.error.slice(0, 120)}`)
      : failed(`around an event that fails, ${difference}`);
  }
  return notChecked('no hostile value makes this handler fail');
}

/** Handles events in batches of a size, sent without waiting, by a process that begins with an empty memory. */
async function keep(talk: Talk, events: readonly TrialEvent[], size: number): Promise<Effects> {
  const keeper = talk.keeper() as StateKeeper;
  const columns = talk.keptEvents(events);
  const view = { read: () => undefined };
  const answers = Array.from({ length: Math.ceil(columns.length / size) }, (_, n) =>
    keeper.fold(columns.slice(n * size, (n + 1) * size), new Set(), view),
  );
  const collected = keeper.collect();
  // Nothing is written in between, so that nothing is to be given.
  const again = keeper.collect();
  // They are awaited below, but a batch may fail before that.
  for (const answer of [collected, again]) answer.catch(() => undefined);
  const folded: FoldedBatch[] = [];
  for (const answer of await Promise.all(answers)) folded.push(answer.read());
  const states = (await collected).read();
  (await again).read();
  return { events: folded.flatMap(({ effects }) => effects), states };
}
