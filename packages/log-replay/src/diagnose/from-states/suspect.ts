import type { GatheredEvent } from './gather-events.js';

/** Keys that have to be explained together, because events between two compared states name several of them. */
export interface Suspect {
  /** Number of the cut whose states are to be explained. */
  readonly cut: number;
  readonly keys: readonly string[];
  /** All events of these keys between the cut before and this one, in the order of the replay. */
  readonly events: readonly GatheredEvent[];
  /** Recorded states at the cut in comparable form, by key; null for a key without one. */
  readonly recorded: ReadonlyMap<string, string | null>;
  /** Keys of the events that are none of `keys`: how they go on is not followed. */
  readonly outside: ReadonlySet<string>;
}

/**
 * Puts keys together that events connect.
 * @param recordedOf the recorded state of a key at the cut in comparable form
 */
export function groupSuspects(
  cut: number,
  keys: readonly string[],
  events: readonly GatheredEvent[],
  recordedOf: (key: string) => string | null,
): readonly Suspect[] {
  const groups = new Map(keys.map((key) => [key, new Set([key])]));
  for (const event of events) {
    const own = event.keys.filter((key) => groups.has(key));
    const [first] = own;
    if (first === undefined) continue;
    const group = groups.get(first) as Set<string>;
    for (const key of own) {
      const other = groups.get(key) as Set<string>;
      if (other === group) continue;
      for (const one of other) {
        group.add(one);
        groups.set(one, group);
      }
    }
  }
  const eventsOf = new Map<Set<string>, GatheredEvent[]>();
  for (const event of events) {
    const own = event.keys.find((key) => groups.has(key));
    if (own === undefined) continue;
    const group = groups.get(own) as Set<string>;
    const list = eventsOf.get(group);
    if (list === undefined) eventsOf.set(group, [event]);
    else list.push(event);
  }
  return [...new Set(groups.values())].map((group): Suspect => {
    const own = eventsOf.get(group) ?? [];
    return {
      cut,
      keys: [...group],
      events: own,
      recorded: new Map([...group].map((key) => [key, recordedOf(key)])),
      outside: new Set(own.flatMap((event) => event.keys.filter((key) => !group.has(key)))),
    };
  });
}

/** True where two events name a key in common, so that their order may matter. */
export function shareKey(a: GatheredEvent | undefined, b: GatheredEvent | undefined): boolean {
  return a !== undefined && b !== undefined && a.keys.some((key) => b.keys.includes(key));
}
