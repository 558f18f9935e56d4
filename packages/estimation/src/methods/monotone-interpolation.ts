import { nearestKnown } from './linear-interpolation.js';
import type { History } from './history.js';
import { finishPath, type Method } from './method.js';

/**
 * A cubic between two known values on each side of the gap that overshoots none of them: PCHIP (Fritsch & Carlson 1980,
 * "Monotone piecewise cubic interpolation"), with the slopes of Fritsch & Butland (1984). Only for smooth series: others give
 * null, since a cubic through noise explodes in a gap.
 */
export const monotoneInterpolation: Method = (history) => {
  const { values, from, to } = history;
  if (!isSmooth(history)) return null;
  const b = nearestKnown(values, from - 1, -1);
  const c = nearestKnown(values, to, 1);
  const a = nearestKnown(values, b - 1, -1);
  const d = nearestKnown(values, c + 1, 1);
  if (b < 0 || c < 0 || a < 0 || d < 0) return null;
  const secant = (one: number, other: number) => (values[other]! - values[one]!) / (other - one);
  const width = c - b;
  const slopeAtB = slope(secant(a, b), secant(b, c), b - a, width);
  const slopeAtC = slope(secant(b, c), secant(c, d), width, d - c);
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) {
    const t = (from + at - b) / width;
    path[at] =
      (1 + 2 * t) * (1 - t) ** 2 * values[b]! +
      t * (1 - t) ** 2 * width * slopeAtB +
      t * t * (3 - 2 * t) * values[c]! +
      t * t * (t - 1) * width * slopeAtC;
  }
  return finishPath(path, history);
};

/** The weighted harmonic mean of two secants; 0 where they turn. */
function slope(left: number, right: number, leftWidth: number, rightWidth: number): number {
  if (left * right <= 0) return 0;
  const [one, other] = [2 * rightWidth + leftWidth, rightWidth + 2 * leftWidth];
  return (one + other) / (one / left + other / right);
}

/**
 * Neighbours differ by far less than the whole varies: von Neumann's ratio (1941) below 0.2, where noise has 2. Judged by the two
 * seasons nearest to the gap.
 */
function isSmooth({ values, season, from, to }: History): boolean {
  const width = Math.max(season, 28);
  const end = Math.min(values.length, to + width);
  let [steps, squares, sum, count, sumOfSquares, before] = [0, 0, 0, 0, 0, NaN];
  for (let slot = Math.max(0, from - width); slot < end; slot++) {
    const value = values[slot]!;
    if (value === value) {
      sum += value;
      sumOfSquares += value * value;
      count++;
      if (before === before) {
        squares += (value - before) ** 2;
        steps++;
      }
    }
    before = value;
  }
  const variance = sumOfSquares / count - (sum / count) ** 2;
  return steps > 0 && squares / steps < 0.2 * variance;
}
