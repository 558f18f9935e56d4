import type { HiddenWay } from './hidden-ways.js';
import type { OpenEvent } from './open-event.js';
import type { HandlingFrom } from './orders-before.js';
import type { WalkedEvent } from './walk-log.js';

/** Of more events than this only neighbours are paired, and no stretches are tried but that of all of them. */
const pairedAtMost = 48;

/**
 * What outputs that were lost look like, where open events are too many to try every set of them: one event, any two in both orders, and all
 * stretches of a key in the order of the path.
 */
export async function likelyWays(
  walked: WalkedEvent,
  open: readonly OpenEvent[],
  { states, behind }: HandlingFrom,
): Promise<readonly HiddenWay[]> {
  const nothing: HiddenWay = { handled: [], states };
  const ways: HiddenWay[] = [];
  const follow = async (way: HiddenWay | null, one: OpenEvent): Promise<HiddenWay | null> => {
    const next = way === null ? null : await behind(one, way.states);
    return way === null || next === null ? null : { handled: [...way.handled, one], states: next };
  };
  const add = (way: HiddenWay | null): void => {
    if (way !== null) ways.push(way);
  };
  const isDirect = ({ walked: { keys } }: OpenEvent): boolean => keys.some((key) => walked.keys.includes(key));
  const inOrder = [...open].sort((one, other) => one.walked.rank - other.walked.rank);
  const areFew = open.length <= pairedAtMost;
  for (const [at, one] of inOrder.entries()) {
    const alone = await follow(nothing, one);
    if (isDirect(one)) add(alone);
    const others = areFew ? inOrder : inOrder.slice(Math.max(0, at - 1), at + 2);
    for (const other of others) {
      const isReaching = isDirect(one) || one.walked.keys.some((key) => other.walked.keys.includes(key));
      if (other !== one && isDirect(other) && isReaching) add(await follow(alone, other));
    }
  }
  for (const key of walked.keys) {
    const ofKey = inOrder.filter((one) => one.walked.keys.includes(key));
    for (let from = 0; from < (areFew ? ofKey.length : 1); from++) {
      let stretch: HiddenWay | null = nothing;
      for (const [length, one] of ofKey.slice(from).entries()) {
        stretch = await follow(stretch, one);
        // Shorter ones were tried before.
        if (length > 1 && (areFew || length === ofKey.length - 1)) add(stretch);
      }
    }
  }
  return ways;
}
