/** What each phase of the season is like, from all known slots of a history. */
export interface SeasonalProfile {
  /** Mean of the phases, each known one weighing the same; NaN where there are none. */
  readonly mean: number;
  /** Mean of all known slots. */
  readonly meanOfSlots: number;
  /** By phase: its mean over the mean of all. NaN for a phase that is never known. */
  readonly ratio: Float64Array;
  /** By phase: its mean less the mean of all. */
  readonly difference: Float64Array;
}

/**
 * Seasonal means: the classical decomposition's seasonal indices (Hyndman & Athanasopoulos, "Forecasting: Principles and
 * Practice", section 3.4), over whole seasons, so that a level that drifts falls out.
 */
export function seasonalProfile(values: Float64Array, phases: Uint16Array): SeasonalProfile {
  let most = 0;
  for (let slot = 0; slot < phases.length; slot++) if (phases[slot]! > most) most = phases[slot]!;
  const sums = new Float64Array(most + 1);
  const counts = new Uint32Array(most + 1);
  for (let slot = 0; slot < values.length; slot++) {
    const value = values[slot]!;
    if (value !== value) continue;
    const phase = phases[slot]!;
    sums[phase]! += value;
    counts[phase]!++;
  }
  let total = 0;
  let known = 0;
  let all = 0;
  let slots = 0;
  for (let phase = 0; phase <= most; phase++) {
    if (counts[phase] === 0) continue;
    total += sums[phase]! / counts[phase]!;
    all += sums[phase]!;
    slots += counts[phase]!;
    known++;
  }
  const mean = total / known;
  const ratio = new Float64Array(most + 1);
  const difference = new Float64Array(most + 1);
  for (let phase = 0; phase <= most; phase++) {
    const ofPhase = sums[phase]! / counts[phase]!;
    ratio[phase] = ofPhase / mean;
    difference[phase] = ofPhase - mean;
  }
  return { mean, meanOfSlots: all / slots, ratio, difference };
}
