import { sameComparable } from '@eventmend/core/engine';
import { scalarFields } from '../scalar-fields.js';
import type { FieldSpread, StandingOfLive } from './order-sensitivity.js';

/** The numeric fields that are not the same in all states; states in comparable form, null for none. */
export function fieldSpreads(states: readonly (string | null)[]): readonly FieldSpread[] {
  const spreads = new Map<string, { min: number; max: number }>();
  for (const state of states) {
    for (const [path, value] of numbersOf(state)) {
      const known = spreads.get(path);
      if (known === undefined) spreads.set(path, { min: value, max: value });
      else {
        known.min = Math.min(known.min, value);
        known.max = Math.max(known.max, value);
      }
    }
  }
  return [...spreads]
    .filter(([, { min, max }]) => min < max)
    .map(([path, { min, max }]) => ({ path: path === '' ? '$' : path, min, max }));
}

/** How a recorded state stands to the sampled ones. */
export function standingOf(recorded: string | null, states: readonly (string | null)[]): StandingOfLive {
  if (states.some((state) => sameComparable(state, recorded))) return 'among';
  if (recorded === null) return 'beyond';
  const form = withoutNumbers(recorded);
  const alike = states.filter((state) => state !== null && withoutNumbers(state) === form);
  if (alike.length === 0) return 'beyond';
  const numbers = alike.map((state) => new Map(numbersOf(state)));
  for (const [path, value] of numbersOf(recorded)) {
    const theirs = numbers.map((fields) => fields.get(path) ?? NaN);
    if (!(value >= Math.min(...theirs) && value <= Math.max(...theirs))) return 'beyond';
  }
  return 'within';
}

function* numbersOf(state: string | null): Generator<[path: string, value: number]> {
  if (state === null) return;
  for (const [path, value] of scalarFields(JSON.parse(state))) if (typeof value === 'number') yield [path, value];
}

/** A state with all numbers that have a spread of their own taken out, so that only the rest is compared. */
function withoutNumbers(state: string): string {
  const value: unknown = JSON.parse(state);
  const numeric = new Set([...numbersOf(state)].map(([path]) => path));
  return JSON.stringify([[...numeric], masked(value, 0)]);
}

function masked(value: unknown, depth: number): unknown {
  if (typeof value === 'number') return 0;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth >= 3) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner, depth + 1)]));
}
