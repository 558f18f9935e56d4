import type { StateView } from '@eventmend/core/engine';
import { valueAt, withValueAt } from './json-path.js';
import type { Revelations } from './revealed-fields.js';
import type { ExpectedAndLiveStates } from './expected-and-live-states.js';

/** States that were taken from rounded values are off by up to two roundings: one when taken, one that was there before. */
const roundings = 2;

/**
 * The live states with their rounded fields moved up and down by what the rounding may hide, all together and one by one:
 * where the handler steps from one branch into another within that, a disagreement proves nothing.
 */
export function* perturbedViews(
  states: ExpectedAndLiveStates,
  keys: readonly string[],
  revelations: Revelations,
): Iterable<StateView> {
  yield* movedViews(
    states,
    keys.filter((key) => states.apart.get(key)?.standing === 'approximate'),
    revelations,
  );
}

/** The same for states that are derived: a rounded output may have hidden that the service's was another one. */
export function roundedViews(
  states: ExpectedAndLiveStates,
  keys: readonly string[],
  revelations: Revelations,
): Iterable<StateView> {
  return movedViews(states, keys, revelations);
}

function* movedViews(
  states: ExpectedAndLiveStates,
  keys: readonly string[],
  revelations: Revelations,
): Iterable<StateView> {
  const rounded = keys.flatMap((key) => revelations.roundedFields.map((field) => ({ key, ...field })));
  const moved = (some: typeof rounded, direction: number): StateView => {
    const over = new Map<string, unknown>();
    for (const { key, path, within } of some) {
      const state = over.get(key) ?? states.liveState(key);
      const now = valueAt(state, path);
      if (typeof now === 'number') over.set(key, withValueAt(state, path, now + direction * roundings * within));
    }
    return { read: (key) => (over.has(key) ? over.get(key) : states.liveState(key)) };
  };
  for (const direction of [1, -1]) {
    yield moved(rounded, direction);
    if (rounded.length > 1) for (const one of rounded) yield moved([one], direction);
  }
}
