import type { StateView } from '@eventmend/core/engine';
import type { FollowContext } from './follow-context.js';
import { historiesAhead, type HistoryAhead } from './handled-ahead.js';
import type { OpenEvent } from './open-event.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * The log has passed an event without records. Where each partition is walked by itself, it may have been handled before,
 * while others of other partitions were: what these recorded tells whether it was.
 */
export async function noteHandledAhead(context: FollowContext, left: OpenEvent): Promise<void> {
  const { histories, handledAhead, mayHandleAhead, open } = context;
  const { walked, earliest, isNoted } = left;
  // A handling of it would stand in the ledger.
  const others = [...open.all()].filter(
    ({ passedAt, finding, isNoted: isOtherNoted }) => !isOtherNoted && (passedAt >= earliest || finding === 'unclear'),
  );
  const ahead = mayHandleAhead && !isNoted ? await aheadOf(context, [left, ...others], earliest) : [];
  if (ahead === null) {
    left.untried = Number.POSITIVE_INFINITY;
    const reached = context.pending
      .wrongSince(earliest)
      .filter((result) => result.place !== walked.place && isReached(context, walked, result));
    handledAhead.explain(reached);
    if (reached.length > 0) handledAhead.mayHaveCome(walked);
    histories?.passed(walked, []);
    return;
  }
  for (const { explained } of ahead) handledAhead.explain(explained);
  const own = ahead.filter(({ handled }) => handled.has(left));
  for (const { handled, states, isHidden } of own) {
    const among = [left, ...others].filter((one) => handled.has(one));
    open.ways.add({ handled: among, states: isHidden ? new Map() : states });
  }
  const isFollowed = ({ states, handled, isHidden }: HistoryAhead): boolean =>
    !isHidden && handled.size === 1 && [...states.keys()].every((key) => walked.keys.includes(key));
  if (own.every(isFollowed)) {
    histories?.passed(
      walked,
      own.map(({ states }) => states),
    );
    return;
  }
  handledAhead.mayHaveCome(walked);
  // It is asked about, and lost at once: one that was never asked about counts as one that no history has handled.
  histories?.passed(walked, []);
  histories?.giveUp(walked.keys);
}

/** The histories in which it, and others without records, were handled ahead; null where they are not known. */
async function aheadOf(
  context: FollowContext,
  unrecorded: readonly OpenEvent[],
  earliest: number,
): Promise<readonly HistoryAhead[] | null> {
  const { recent, states, revelations } = context;
  const recently = recent.allSince(earliest);
  if (recently === null) return null;
  const shown = recently.map((one) => (one.isBeforeExact || one.before === null ? one : { ...one, before: null }));
  const call = (walked: WalkedEvent, view: StateView) => context.call(walked, view);
  return historiesAhead({ states, tolerancesOf: revelations.tolerancesOf, call }, unrecorded, shown);
}

/** True where one event may have changed the states of another's keys, as far as keys alone tell. */
function isReached(
  { areKeysConnected }: Pick<FollowContext, 'areKeysConnected'>,
  one: WalkedEvent,
  other: WalkedEvent,
): boolean {
  return areKeysConnected || other.keys.some((key) => one.keys.includes(key));
}
