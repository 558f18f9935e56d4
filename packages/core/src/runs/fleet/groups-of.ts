import type { CollectedKeys } from '../../evidence/scope/collect-scope.js';
import type { KeyGroups } from './spread.js';

/** Keys that stand in groups of several; of more keys than this nobody makes a list. */
const listedKeys = 1_000_000;

export interface SurveyedGroups {
  readonly groups: KeyGroups;
  /** Groups of several keys, those with most events first; null where they have too many keys to be listed. */
  readonly connected: readonly { readonly keys: readonly string[]; readonly events: number }[] | null;
}

/** What events connect, told in groups. */
export function groupsOf({ components, events, withoutKeys }: CollectedKeys): SurveyedGroups {
  const sizes = new Map<number, number>();
  for (let number = 0; number < components.size; number++) {
    const root = components.rootOf(number);
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
  }
  let largest = { keys: 0, events: 0 };
  let connected = 0;
  let connectedKeys = 0;
  for (const [root, keys] of sizes) {
    const ofGroup = components.eventsOf(root);
    if (ofGroup > largest.events) largest = { keys, events: ofGroup };
    if (keys === 1) continue;
    connected++;
    connectedKeys += keys;
  }
  return {
    groups: { events, keys: components.size, groups: sizes.size, connected, largest, withoutKeys },
    connected: connectedKeys > listedKeys ? null : listConnected(components, sizes),
  };
}

function listConnected(
  components: CollectedKeys['components'],
  sizes: ReadonlyMap<number, number>,
): SurveyedGroups['connected'] {
  const keysOf = new Map<number, string[]>();
  for (let number = 0; number < components.size; number++) {
    const root = components.rootOf(number);
    if ((sizes.get(root) ?? 0) < 2) continue;
    const keys = keysOf.get(root) ?? [];
    keys.push(components.nameOf(number));
    keysOf.set(root, keys);
  }
  return [...keysOf]
    .map(([root, keys]) => ({ keys, events: components.eventsOf(root) }))
    .sort((a, b) => b.events - a.events);
}
