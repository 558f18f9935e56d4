import type { Series } from './series.js';

/** A slot unlike the others of its phase. It is named, and stays in the history. */
export interface Outlier {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: number;
  /** The median of its phase. */
  readonly usual: number;
}

/**
 * Slots that are further from the median of their phase than six median absolute deviations (made comparable to a standard
 * deviation by 1.4826; Hampel 1974) of all slots from theirs. The farthest first.
 */
export function findOutliers({ values, phases, edges }: Series): readonly Outlier[] {
  const known = new Uint32Array(values.length);
  let count = 0;
  for (let slot = 0; slot < values.length; slot++) if (values[slot] === values[slot]) known[count++] = slot;
  const slots = known.subarray(0, count);
  if (count === 0) return [];
  const medians = mediansOfPhases(values, phases, slots);
  const distances = new Float64Array(count);
  for (let at = 0; at < count; at++) distances[at] = values[slots[at]!]! - medians[phases[slots[at]!]!]!;
  const middle = medianOf(distances.slice());
  const spread = 1.4826 * medianOf(distances.map((distance) => Math.abs(distance - middle)));
  if (spread === 0) return [];
  const far: { readonly slot: number; readonly distance: number }[] = [];
  for (let at = 0; at < count; at++) {
    const distance = Math.abs(distances[at]!);
    if (distance > 6 * spread) far.push({ slot: slots[at]!, distance });
  }
  return far
    .sort((a, b) => b.distance - a.distance)
    .map(({ slot }) => ({ time: edges[slot]!, value: values[slot]!, usual: medians[phases[slot]!]! }));
}

/** By phase; NaN where none of it is known. */
function mediansOfPhases(values: Float64Array, phases: Uint16Array, slots: Uint32Array): Float64Array {
  let most = 0;
  for (const slot of slots) most = Math.max(most, phases[slot]!);
  // Where the values of each phase end, when they lie side by side.
  const ends = new Uint32Array(most + 2);
  for (const slot of slots) ends[phases[slot]! + 1]!++;
  for (let phase = 0; phase <= most; phase++) ends[phase + 1]! += ends[phase]!;
  const sorted = new Float64Array(slots.length);
  const next = ends.slice();
  for (const slot of slots) sorted[next[phases[slot]!]!++] = values[slot]!;
  return Float64Array.from({ length: most + 1 }, (_, phase) => medianOf(sorted.subarray(ends[phase], ends[phase + 1])));
}

/** Sorts in place. */
function medianOf(values: Float64Array): number {
  const { length } = values.sort();
  return length % 2 === 1 ? values[length >> 1]! : (values[length / 2 - 1]! + values[length / 2]!) / 2;
}
