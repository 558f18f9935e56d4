import { comparableState, migrateState, sameComparable } from '@eventmend/core/engine';
import type { FollowContext } from './follow-context.js';
import type { OpenEvent } from './open-event.js';
import type { PossibleHistories } from './possible-histories.js';
import type { RecordWitness } from './record-witness.js';
import { perhapsSentAgain } from './undecided.js';

/**
 * Tells what outputs alone left open and the live state decides: of all histories that the records allow, those that lead to
 * it agree.
 * @param unclear events without records, of which nothing else tells whether they were handled
 * @returns those of which nobody can tell
 */
export async function tellByLiveState(
  context: FollowContext,
  witness: RecordWitness,
  unclear: readonly OpenEvent[],
): Promise<readonly OpenEvent[]> {
  const { histories, askedAgain, states } = context;
  const decided =
    histories === null || !context.isDecidedByStates || context.sometimesSilent
      ? []
      : await histories.decide(await readLiveStates(context, histories));
  const answers = new Map(decided.flatMap((one) => [...one.answers]));
  for (const question of askedAgain) {
    const { walked } = question;
    if (answers.get(question) === true) {
      context.pending.accuse(
        'twice',
        walked,
        'its outputs were recorded again, and the live state is that of a second handling',
      );
    } else context.cannotTell(walked, perhapsSentAgain);
  }
  const missed = new Set(
    [...answers].flatMap(([{ asks, walked }, was]) => (asks === 'missed' && !was ? [walked] : [])),
  );
  const isMissed = ({ walked, isAtEdge }: OpenEvent): boolean =>
    missed.has(walked) && !isAtEdge && witness.isInStep(walked.place) && witness.hasReadBehind(walked);
  for (const open of unclear) {
    if (!isMissed(open)) continue;
    context.pending.accuse(
      'missed',
      open.walked,
      'no output of it was recorded, and the live state is right without it',
    );
  }
  for (const one of decided) {
    const accusations = [...one.answers].flatMap(([{ asks, walked }, was]) =>
      (asks === 'missed') === was ? [] : [context.accused.of(walked)],
    );
    for (const [key, state] of one.states ?? [])
      Object.assign(states.part(key), { state, standing: 'exact', accusations });
  }
  return unclear.filter((open) => !isMissed(open));
}

/** Whether a state is the one that the service has at the end. */
async function readLiveStates(
  { request, instance }: FollowContext,
  { keys }: PossibleHistories,
): Promise<(key: string, state: unknown) => boolean> {
  const recorded = new Map<string, string>();
  const { live } = request;
  if (keys.size > 0 && live !== null) {
    for await (const { key, state } of live.rows()) {
      if (!keys.has(key)) continue;
      recorded.set(key, comparableState(instance, migrateState(instance.worker, state, live.stateVersion, key), key));
    }
  }
  return (key, state) =>
    sameComparable(state === undefined ? null : comparableState(instance, state, key), recorded.get(key) ?? null);
}
