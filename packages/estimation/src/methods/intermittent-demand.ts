import type { History } from './history.js';
import { finishPath, type Method } from './method.js';

const weights = [0.05, 0.1, 0.2];

/**
 * For series with many zeros: the probability that a slot has anything, and how much it then has, both smoothed, and their
 * product carried flat through a gap at the end. The method of Teunter, Syntetos & Babai (2011, "Intermittent demand: Linking
 * forecasting to inventory obsolescence"), which lets the probability fall where nothing comes any more, as Croston's does not.
 * Null where fewer than three slots in ten are zero.
 */
export const intermittentDemand: Method = (history) => {
  const { values, from, to, isNonNegative } = history;
  if (!isNonNegative || !isIntermittent(history)) return null;
  let best: { readonly rate: number; readonly squares: number } | null = null;
  for (const weight of weights) {
    let [probability, size, squares, known] = [0, 0, 0, 0];
    for (let slot = 0; slot < from; slot++) {
      const value = values[slot]!;
      if (value !== value) continue;
      if (known > 0) squares += (value - probability * size) ** 2;
      known++;
      // In the beginning a plain mean, so that the first slot does not decide.
      const share = Math.max(weight, 1 / known);
      probability += share * ((value > 0 ? 1 : 0) - probability);
      if (value > 0) size += (size === 0 ? 1 : weight) * (value - size);
    }
    if (known > 0 && (best === null || squares < best.squares)) best = { rate: probability * size, squares };
  }
  return best === null ? null : finishPath(new Float64Array(to - from).fill(best.rate), history);
};

function isIntermittent({ values, from }: History): boolean {
  let [zeros, known] = [0, 0];
  for (let slot = 0; slot < from; slot++) {
    if (values[slot] !== values[slot]) continue;
    known++;
    if (values[slot] === 0) zeros++;
  }
  return known > 0 && zeros / known >= 0.3;
}
