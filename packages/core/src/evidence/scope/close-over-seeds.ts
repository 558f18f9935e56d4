import type { Connection, KeyComponents } from './key-components.js';

/** A key that joined, the key of the scope that it joined through, and the connection that did it. */
export interface Joined {
  readonly key: number;
  readonly through: number;
  readonly connection: Connection;
}

export interface Closure {
  /** All keys of the components that hold a seed, sorted. */
  readonly keys: readonly string[];
  readonly eventsInside: number;
  /** The first keys that are no seeds, the nearest to the seeds first. */
  readonly joined: readonly Joined[];
}

/** The seeds and everything that events connect with them. @param told how many of the joined keys to tell of */
export function closeOverSeeds(components: KeyComponents, seeds: ReadonlySet<number>, told: number): Closure {
  const roots = new Set([...seeds].map((seed) => components.rootOf(seed)));
  const keys: string[] = [];
  for (let number = 0; number < components.size; number++) {
    if (roots.has(components.rootOf(number))) keys.push(components.nameOf(number));
  }
  keys.sort();
  let eventsInside = 0;
  for (const root of roots) eventsInside += components.eventsOf(root);
  return { keys, eventsInside, joined: walkOutwards(components, seeds, told) };
}

/** From the seeds along the connections, each key once; earlier connections first. */
function walkOutwards(components: KeyComponents, seeds: ReadonlySet<number>, told: number): readonly Joined[] {
  const touching = connectionsByKey(components, new Set([...seeds].map((seed) => components.rootOf(seed))));
  const reached = new Set(seeds);
  const joined: Joined[] = [];
  // A set is walked in the order in which its keys were reached, those that join on the way included.
  for (const through of reached) {
    for (const connection of touching.get(through) ?? []) {
      if (joined.length >= told) return joined;
      const key = connection.one === through ? connection.other : connection.one;
      if (reached.has(key)) continue;
      reached.add(key);
      joined.push({ key, through, connection });
    }
  }
  return joined;
}

function connectionsByKey(
  components: KeyComponents,
  roots: ReadonlySet<number>,
): ReadonlyMap<number, readonly Connection[]> {
  const touching = new Map<number, Connection[]>();
  for (const connection of components.connections) {
    if (!roots.has(components.rootOf(connection.one))) continue;
    for (const key of [connection.one, connection.other]) {
      const list = touching.get(key);
      if (list === undefined) touching.set(key, [connection]);
      else list.push(connection);
    }
  }
  return touching;
}
