/** What a counter grew by in each slot. */
export interface CounterIncrements {
  readonly values: Float64Array;
  /** Slots at which it began anew. */
  readonly resets: readonly number[];
}

/**
 * Increments of a counter from its last reading of each slot (NaN for none). Where a reading falls, the counter has begun
 * anew at zero, and what it shows is the increment: what it counted between the last reading before and the reset is lost,
 * so that such an increment is a lower bound (Prometheus' `increase` does the same). Behind a slot without a reading the
 * increment belongs to several slots, and to none of them alone: it is missing.
 */
export function counterIncrements(readings: Float64Array): CounterIncrements {
  const values = new Float64Array(readings.length).fill(NaN);
  const resets: number[] = [];
  for (let slot = 1; slot < readings.length; slot++) {
    const [before, now] = [readings[slot - 1]!, readings[slot]!];
    if (Number.isNaN(before) || Number.isNaN(now)) continue;
    if (now < before) resets.push(slot);
    values[slot] = now < before ? now : now - before;
  }
  return { values, resets };
}
