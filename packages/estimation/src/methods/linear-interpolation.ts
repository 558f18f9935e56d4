import { finishPath, type Method } from './method.js';

/** A straight line between the last known value before the gap and the first behind it. For levels that move slowly. */
export const linearInterpolation: Method = (history) => {
  const { values, from, to } = history;
  const [before, behind] = [nearestKnown(values, from - 1, -1), nearestKnown(values, to, 1)];
  if (before < 0 || behind < 0) return null;
  const slope = (values[behind]! - values[before]!) / (behind - before);
  return finishPath(
    Float64Array.from({ length: to - from }, (_, at) => values[before]! + slope * (from + at - before)),
    history,
  );
};

/** The nearest known slot from `start` on in one direction; -1 for none. */
export function nearestKnown(values: Float64Array, start: number, sign: 1 | -1): number {
  for (let slot = start; slot >= 0 && slot < values.length; slot += sign)
    if (values[slot] === values[slot]) return slot;
  return -1;
}
