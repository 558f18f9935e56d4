import type { FollowContext } from './follow-context.js';
import { historiesAhead, type HistoryAhead } from './handled-ahead.js';
import type { OpenEvent } from './open-events.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * The log has passed an event without records. Where each partition is walked by itself, it may have been handled before,
 * while others of other partitions were: what these recorded tells whether it was.
 */
export async function noteHandledAhead(context: FollowContext, left: OpenEvent): Promise<void> {
  const { histories, handledAhead, mayHandleAhead } = context;
  const { walked, earliest, isNoted } = left;
  // A handling of it would stand in the ledger.
  const ahead = mayHandleAhead && !isNoted ? await aheadOf(context, left) : [];
  if (ahead === null) {
    const reached = context
      .wrongSince(earliest)
      .filter((result) => result.place !== walked.place && isReached(context, walked, result));
    handledAhead.explain(reached);
    if (reached.length > 0) handledAhead.mayHaveCome(walked);
    histories?.passed(walked, []);
    return;
  }
  for (const { explained } of ahead) handledAhead.explain(explained);
  const own = ahead.filter(({ handled }) => [...handled].some((one) => one === left));
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
  histories?.giveUp(walked.keys);
}

/** The histories in which it, and others without records, were handled ahead; null where they are not known. */
async function aheadOf(context: FollowContext, left: OpenEvent): Promise<readonly HistoryAhead[] | null> {
  const { open, recent, states, revelations } = context;
  const shown = recent.allSince(left.earliest);
  if (shown === null) return null;
  const others = [...open.all()].filter(
    ({ passedAt, finding, isNoted }) => !isNoted && (passedAt >= left.earliest || finding === 'unclear'),
  );
  const call: Parameters<typeof historiesAhead>[0]['call'] = (walked, view) => context.call(walked, view);
  return historiesAhead({ states, tolerancesOf: revelations.tolerancesOf, call }, [left, ...others], shown);
}

/** True where one event may have changed the states of another's keys, as far as keys alone tell. */
function isReached(
  { areKeysConnected }: Pick<FollowContext, 'areKeysConnected'>,
  one: WalkedEvent,
  other: WalkedEvent,
): boolean {
  return areKeysConnected || other.keys.some((key) => one.keys.includes(key));
}
