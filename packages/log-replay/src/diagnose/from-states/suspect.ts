import type { GatheredEvent } from './gather-events.js';

/** Recorded states that a handling must lead to at one cut. */
export interface StateCheck {
  /** How many of the events lie before it. */
  readonly behind: number;
  /** In comparable form, by key; null for a key without a state. */
  readonly recorded: ReadonlyMap<string, string | null>;
}

/**
 * Keys that have to be explained together, because events name several of them. Their events are those between the cut
 * before and the one that is to be explained; and those of the stretches on both sides, since an event may have been
 * handled again, or only, on the other side of a cut.
 */
export interface Suspect {
  /** Number of the cut whose states are to be explained. */
  readonly cut: number;
  readonly keys: readonly string[];
  /** In the order of the replay. */
  readonly events: readonly GatheredEvent[];
  /** The events between the cut before and this one: from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  /** At the cut before, where there are events before it; at this cut; at some of the next ones. */
  readonly checks: readonly StateCheck[];
  /** Number of the check at this cut. */
  readonly decisive: number;
  /** Keys of the events that are none of `keys`: how they go on is not followed. */
  readonly outside: ReadonlySet<string>;
}

/** The events of a suspect by where they lie. */
export interface Stretches {
  readonly before: readonly GatheredEvent[];
  readonly own: readonly GatheredEvent[];
  /** By cut behind this one. */
  readonly behind: readonly (readonly GatheredEvent[])[];
}

/** The recorded state of a key at a cut; undefined where it was right there. */
export type RecordedState = (key: string, cut: number) => string | null | undefined;

/** A group of keys that events connect, with those events. */
interface Group {
  readonly keys: readonly string[];
  readonly stretches: Stretches;
}

/**
 * Puts keys together that events connect.
 * @param rightStates comparable states of the keys before an event of the list, as the right replay has them
 * @param hasNext whether there is a cut behind this one
 */
export function groupSuspects(
  cut: number,
  keys: readonly string[],
  stretches: Stretches,
  recordedAt: RecordedState,
  rightStates: (keys: readonly string[], events: readonly GatheredEvent[], number: number) => StateCheck['recorded'],
): readonly Suspect[] {
  return connected(keys, stretches).map(({ keys: own, stretches: { before, own: within, behind } }): Suspect => {
    const events = [...before, ...within, ...behind.flat()];
    const first = before.length;
    const end = first + within.length;
    const checkAt = (number: number, at: number): StateCheck => {
      const right = rightStates(own, events, number);
      const told = own.map((key): [string, string | null] => {
        const recorded = recordedAt(key, at);
        return [key, recorded === undefined ? (right.get(key) ?? null) : recorded];
      });
      return { behind: number, recorded: new Map(told) };
    };
    const named = new Set(own);
    return {
      cut,
      keys: own,
      events,
      first,
      end,
      checks: [
        ...(first > 0 ? [checkAt(first, cut - 1)] : []),
        checkAt(end, cut),
        ...behind.map((_, next) => checkAt(end + behind.slice(0, next + 1).flat().length, cut + 1 + next)),
      ],
      decisive: first > 0 ? 1 : 0,
      outside: new Set(events.flatMap((event) => event.keys.filter((key) => !named.has(key)))),
    };
  });
}

/** The events of a suspect with its checks between them: check `n` stands as `-1 - n`. */
export function itemsOf({ events, checks }: Suspect): readonly number[] {
  const items: number[] = [];
  for (let number = 0; number <= events.length; number++) {
    checks.forEach(({ behind }, check) => {
      if (behind === number) items.push(-1 - check);
    });
    if (number < events.length) items.push(number);
  }
  return items;
}

/** True where two events name a key in common, so that their order may matter. */
export function shareKey(a: GatheredEvent | undefined, b: GatheredEvent | undefined): boolean {
  return a !== undefined && b !== undefined && a.keys.some((key) => b.keys.includes(key));
}

function connected(keys: readonly string[], { before, own, behind }: Stretches): readonly Group[] {
  const groups = new Map(keys.map((key) => [key, new Set([key])]));
  for (const { keys: named } of [...before, ...own, ...behind.flat()]) {
    const [first, ...others] = named.filter((key) => groups.has(key));
    if (first === undefined) continue;
    const group = groups.get(first) as Set<string>;
    for (const key of others) {
      const other = groups.get(key) as Set<string>;
      if (other === group) continue;
      for (const one of other) {
        group.add(one);
        groups.set(one, group);
      }
    }
  }
  const byGroup = (events: readonly GatheredEvent[]): ReadonlyMap<Set<string>, readonly GatheredEvent[]> => {
    const lists = new Map<Set<string>, GatheredEvent[]>();
    for (const event of events) {
      const key = event.keys.find((name) => groups.has(name));
      const group = key === undefined ? undefined : groups.get(key);
      if (group === undefined) continue;
      const list = lists.get(group);
      if (list === undefined) lists.set(group, [event]);
      else list.push(event);
    }
    return lists;
  };
  const lists = { before: byGroup(before), own: byGroup(own), behind: behind.map(byGroup) };
  return [...new Set(groups.values())].map((group) => ({
    keys: [...group],
    stretches: {
      before: lists.before.get(group) ?? [],
      own: lists.own.get(group) ?? [],
      behind: lists.behind.map((list) => list.get(group) ?? []),
    },
  }));
}
