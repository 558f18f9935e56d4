import { solveDefinite } from './solve-definite.js';

/**
 * The values nearest to estimates that are not below zero, nearness measured by the covariance of the estimates: the minimum of
 * (x - values)' covariance^-1 (x - values) over x >= 0. Whatever holds of the values by their covariance (totals) still holds. An
 * active set method on the dual problem (Lawson & Hanson 1974, "Solving Least Squares Problems", chapter 23).
 * @param tolerance up to which a value counts as not below zero
 * @returns null where the covariance lets a value not move far enough
 */
export function holdNonNegative(
  values: Float64Array,
  covariance: readonly Float64Array[],
  tolerance: number,
): Float64Array | null {
  /** Places that are pushed up to zero, and how hard. */
  let active: number[] = [];
  let pushes = new Float64Array(0);
  // Each round ends nearer to the estimates than the one before; rounding errors must not make it go round in circles.
  for (let rounds = 10 * values.length + 100; rounds > 0; rounds--) {
    const moved = values.map(
      (value, at) => value + active.reduce((sum, by, k) => sum + covariance[at]![by]! * pushes[k]!, 0),
    );
    const lowest = indexOfLowest(moved, active);
    if (lowest < 0 || moved[lowest]! >= -tolerance) {
      for (const at of active) moved[at] = 0;
      return moved.map((value) => Math.max(0, value));
    }
    active.push(lowest);
    pushes = Float64Array.from([...pushes, 0]);
    for (;;) {
      const wanted = solveDefinite(
        active.map((row) => active.map((column) => covariance[row]![column]!)),
        active.map((at) => -values[at]!),
      );
      if (wanted === null) return null;
      // As far towards the solution as no push becomes a pull; those that would are let go.
      let step = 1;
      wanted.forEach((push, at) => {
        if (push <= 0) step = Math.min(step, pushes[at]! / (pushes[at]! - push));
      });
      const reached = pushes.map((push, at) => push + step * (wanted[at]! - push));
      if (step === 1) {
        pushes = reached;
        break;
      }
      const isKept = reached.map((push, at) => (wanted[at]! > 0 || push > 1e-12 * Math.abs(wanted[at]!) ? 1 : 0));
      active = active.filter((_, at) => isKept[at] === 1);
      pushes = reached.filter((_, at) => isKept[at] === 1);
      if (active.length === 0) return null;
    }
  }
  return null;
}

function indexOfLowest(values: Float64Array, except: readonly number[]): number {
  let lowest = -1;
  values.forEach((value, at) => {
    if ((lowest < 0 || value < values[lowest]!) && !except.includes(at)) lowest = at;
  });
  return lowest;
}
