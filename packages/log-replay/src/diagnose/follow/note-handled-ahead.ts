import type { FaultKind } from '@eventmend/core/engine';
import type { FollowContext } from './follow-context.js';
import { historiesAhead, type HistoryAhead } from './handled-ahead.js';
import type { OpenEvent } from './open-events.js';
import type { WalkedEvent } from './walk-log.js';

/** Accusations that do not hold where events without records were handled ahead of others, in their own partitions. */
export class HandledAhead {
  /** Results that are right then. */
  readonly #explained = new Set<WalkedEvent>();
  /** Events that may have been handled so, without a trace. */
  readonly #events = new Set<WalkedEvent>();

  /** Of events without records, from which turn on nothing tells whether they were handled. */
  readonly #lostAt = new Map<WalkedEvent, number>();
  readonly #lostOfKey = new Map<string, number>();
  #firstLost = Infinity;

  lose(walked: WalkedEvent, turn: number): void {
    if (!this.#lostAt.has(walked)) this.#lostAt.set(walked, turn);
  }

  /** Takes in of which events nothing tells at the end either whether they were handled. */
  close(unclear: readonly WalkedEvent[]): void {
    this.#lostOfKey.clear();
    for (const walked of unclear) {
      const turn = this.#lostAt.get(walked) ?? Infinity;
      this.#firstLost = Math.min(turn, this.#firstLost);
      for (const key of walked.keys) this.#lostOfKey.set(key, Math.min(turn, this.#lostOfKey.get(key) ?? Infinity));
    }
  }

  /**
   * True where nothing told of such an event whether it was handled when a result was judged.
   * @param keys those that it names; null where events may carry states from any key to any other
   */
  isLostBefore(turn: number, keys: readonly string[] | null): boolean {
    if (keys === null) return this.#firstLost < turn;
    return keys.some((key) => (this.#lostOfKey.get(key) ?? Infinity) < turn);
  }

  isExplained(kind: FaultKind, walked: WalkedEvent): boolean {
    if (kind === 'wrong') return this.#explained.has(walked);
    return kind === 'missed' && this.#events.has(walked);
  }

  explain(results: Iterable<WalkedEvent>): void {
    for (const walked of results) this.#explained.add(walked);
  }

  mayHaveCome(walked: WalkedEvent): void {
    this.#events.add(walked);
  }
}

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
