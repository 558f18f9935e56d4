/** What a counter grew by in each slot. */
export interface CounterIncrements {
  readonly values: Float64Array;
  /** Slots at which it began anew. */
  readonly resets: readonly number[];
}

/** The last reading of each slot, NaN for none. */
export interface SlotReadings {
  readonly readings: Float64Array;
  /** By slot: what the counter had counted before it began anew, over all resets that its own readings show; 0 for none. */
  readonly before: Float64Array;
}

/**
 * Increments of a counter from its last reading of each slot. Where a reading falls, the counter has begun
 * anew at zero, and what it shows is the increment: what it counted between the last reading before and the reset is lost,
 * so that such an increment is a lower bound (Prometheus' `increase` does the same). Behind a slot without a reading the
 * increment belongs to several slots, and to none of them alone: it is missing.
 */
export function counterIncrements({ readings, before }: SlotReadings): CounterIncrements {
  const values = new Float64Array(readings.length).fill(NaN);
  const resets: number[] = [];
  for (let slot = 1; slot < readings.length; slot++) {
    const [last, now] = [readings[slot - 1]!, readings[slot]!];
    if (Number.isNaN(last) || Number.isNaN(now)) continue;
    if (before[slot]! > 0) resets.push(slot);
    values[slot] = before[slot]! - last + now;
  }
  return { values, resets };
}
