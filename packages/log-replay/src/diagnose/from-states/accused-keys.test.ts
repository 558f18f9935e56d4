import { defineWorker } from '@eventmend/core';
import { expect, it } from 'vitest';
import { withIncident } from '../../../test/diagnose/memory-incident.js';
import { drawFrom } from '../../../test/services/service-design.js';
import type { Fault } from '../fault.js';
import { explainStates } from './explain-states.js';

interface Change {
  readonly keys: readonly string[];
  readonly add: number;
}

const evolve = (state: number, add: number): number => (state * 31 + add) % 1_000_003;
const worker = defineWorker<Change, number>({
  name: 'mixed',
  version: '1',
  keys: ({ value }) => value.keys,
  initial: () => 1,
  evolve: (states, { value: { keys, add } }) => {
    for (const key of keys) states.set(key, evolve(states.get(key), add));
  },
});

const keys = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A service that missed two events of one in seven keys, with a snapshot in the middle. */
function incidentOf(seed: number) {
  const draw = drawFrom(seed);
  const count = 20 + draw.below(60);
  const events = Array.from({ length: count }, () => {
    const [one, other] = [draw.one(keys), draw.one(keys)];
    return { value: { keys: draw.chance(0.2) && one !== other ? [one, other] : [one], add: 1 + draw.below(900) } };
  });
  const missed = new Set([draw.below(count), draw.below(count)]);
  const statesAt = (end: number): Map<string, number> => {
    const states = new Map<string, number>();
    events.slice(0, end).forEach(({ value }, number) => {
      if (missed.has(number)) return;
      for (const key of value.keys) states.set(key, evolve(states.get(key) ?? 1, value.add));
    });
    return states;
  };
  const middle = Math.floor(count / 2);
  return {
    incident: {
      worker,
      events,
      snapshots: [{ id: 'middle', next: [middle], states: statesAt(middle) }],
      live: { id: 'live', next: [count], states: statesAt(count) },
    },
    limits: { eventsPerKey: draw.one([3, 8, 20, 200]) },
    accused: new Set(keys.filter(() => draw.chance(0.5))),
  };
}

it('tells the same of keys that nothing else accuses as where all is asked for (seeds 1 to 60)', async () => {
  const seen = { told: 0, silent: 0 };
  for (let seed = 1; seed <= 60; seed++) {
    const { incident, limits, accused } = incidentOf(seed);
    const isOpen = (fault: Fault): boolean => !fault.keys.some((key) => accused.has(key));
    const whole = await withIncident(incident, (prepared) => explainStates({ prepared, start: null, limits }, {}));
    const short = await withIncident(incident, (prepared) =>
      explainStates({ prepared, start: null, limits, accused }, {}),
    );
    expect(short.faults.filter(isOpen), `seed ${seed}`).toEqual(whole.faults.filter(isOpen));
    if (whole.faults.some(isOpen)) seen.told++;
    else seen.silent++;
  }
  expect(Math.min(seen.told, seen.silent)).toBeGreaterThan(3);
});
