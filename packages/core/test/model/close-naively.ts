import { decodeNaively, keysNaively } from './naive-handler.js';
import { orderNaively, type OrderedEvent } from './naive-order.js';
import type { Scenario } from './scenario.js';

/** The keys of every event that is replayed and can name them. */
export function namedKeys(scenario: Scenario): readonly (readonly string[])[] {
  return orderNaively(scenario)
    .lanes.flat()
    .map((ordered) => keysOrNone(ordered, scenario))
    .filter((keys) => keys.length > 0);
}

/** The keys that an event names or that have a state at the start. */
export function knownKeys(scenario: Scenario): readonly string[] {
  return [...new Set([...namedKeys(scenario).flat(), ...scenario.initialStates.map(({ key }) => key)])];
}

/** All keys that events connect with the seeds: looks at every event again until none adds a key. */
export function closeNaively(scenario: Scenario, seeds: readonly string[]): readonly string[] {
  const closure = new Set(seeds);
  for (let before = -1; before < closure.size;) {
    before = closure.size;
    for (const keys of namedKeys(scenario)) {
      if (keys.some((key) => closure.has(key))) for (const key of keys) closure.add(key);
    }
  }
  return [...closure].sort();
}

export function keysOrNone(ordered: OrderedEvent, { worker }: Scenario): readonly string[] {
  try {
    return keysNaively(decodeNaively(ordered, worker), worker);
  } catch {
    return [];
  }
}
