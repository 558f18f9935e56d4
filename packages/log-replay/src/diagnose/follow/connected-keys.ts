import type { WalkedEvent } from './walk-log.js';

/**
 * The keys, and those that events connect with them, over several events too: what one leaves there another may carry on.
 * @param sharing events that name any of the keys that are reached by now; others do no harm
 */
export function connectedKeys(
  keys: readonly string[],
  sharing: (reached: ReadonlySet<string>) => Iterable<Pick<WalkedEvent, 'keys'>>,
): ReadonlySet<string> {
  const reached = new Set(keys);
  for (let before = -1; before < reached.size;) {
    before = reached.size;
    for (const { keys: own } of sharing(reached)) {
      if (own.some((key) => reached.has(key))) for (const key of own) reached.add(key);
    }
  }
  return reached;
}
