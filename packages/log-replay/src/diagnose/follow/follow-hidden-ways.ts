import type { RecordedOutput } from '@eventmend/core';
import { sameJson, type StateView } from '@eventmend/core/engine';
import type { CalledWorker } from './call-worker.js';
import type { Confidence } from './expected-and-live-states.js';
import type { FollowContext } from './follow-context.js';
import type { HiddenWay } from './hidden-ways.js';
import { valueAt, withValueAt } from './json-path.js';
import { predicted } from './judge-handling.js';
import { mayHaveDoneAnything, perhapsHandledTogether, waysBefore } from './perhaps-handled-together.js';
import type { WalkedEvent } from './walk-log.js';

/** Follows the ways in which open events may have come before a handling that agrees, as far as its records do not refute them. */
export async function followBehindAgreeing(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
  standing: Confidence,
): Promise<void> {
  const { states, open, revelations } = context;
  const { stateAfter } = predicted(states, live);
  const revealed = standing === 'exact' ? [] : revelations.of(records);
  // What records tell of a state only roughly is not what tells two of them apart.
  const asRevealed = (key: string, state: unknown): unknown =>
    revealed.reduce(
      (now, field) => (field.key === key ? withValueAt(now, field.path, valueAt(stateAfter(key), field.path)) : now),
      state,
    );
  const hidden: HiddenWay[] = [];
  const views = viewsBefore(context, walked);
  for (const view of views) {
    const { ways } = await perhapsHandledTogether(context, walked, records, standing, view);
    for (const way of ways) {
      const apart = [...way.states]
        .map(([key, state]) => [key, asRevealed(key, state)] as const)
        .filter(([key, state]) => !areSame(state, stateAfter(key)));
      // From two states nothing is followed.
      hidden.push({ handled: way.handled, states: new Map(views.length > 1 ? [] : apart) });
    }
  }
  open.ways.follow(walked.keys, hidden);
}

/** The same before a handling whose records fit nothing: they tell which states of its keys it left, and nothing of what was before. */
export async function followBehindWrong(context: FollowContext, walked: WalkedEvent): Promise<void> {
  const { states, open } = context;
  if (!open.anySharing(walked.keys)) return;
  const hidden: HiddenWay[] = [];
  for (const view of viewsBefore(context, walked)) {
    const { ways } = await waysBefore(context, walked, view, true);
    for (const { handled, states: led } of ways) {
      const apart = [...led].filter(
        ([key, state]) => !walked.keys.includes(key) && !areSame(state, states.liveState(key)),
      );
      hidden.push({ handled, states: new Map(apart) });
    }
  }
  for (const one of open.sharing(walked.keys)) {
    if (one.untried === 1 && !mayHaveDoneAnything(context, one, walked)) one.untried = 0;
  }
  open.ways.follow(walked.keys, hidden);
}

/** The states that the service may have been in before a handling: as they are known, and where they are one of two, the other. */
function viewsBefore({ states }: FollowContext, { keys }: WalkedEvent): readonly StateView[] {
  return states.hasOther(keys) ? [states.liveView, states.otherView] : [states.liveView];
}

function areSame(one: unknown, other: unknown): boolean {
  return one === undefined || other === undefined ? one === other : sameJson(one, other);
}
