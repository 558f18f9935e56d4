import { medianAbsoluteDeviation, medianSorted } from 'simple-statistics';
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
  const byPhase = new Map<number, number[]>();
  values.forEach((value, slot) => {
    if (Number.isNaN(value)) return;
    const of = byPhase.get(phases[slot]!);
    if (of === undefined) byPhase.set(phases[slot]!, [value]);
    else of.push(value);
  });
  const medians = new Map([...byPhase].map(([phase, of]) => [phase, medianSorted(of.sort((a, b) => a - b))]));
  const distances: number[] = [];
  const slots: number[] = [];
  values.forEach((value, slot) => {
    if (Number.isNaN(value)) return;
    slots.push(slot);
    distances.push(value - medians.get(phases[slot]!)!);
  });
  if (distances.length === 0) return [];
  const spread = 1.4826 * medianAbsoluteDeviation(distances);
  if (spread === 0) return [];
  return slots
    .map((slot, at) => ({ slot, distance: Math.abs(distances[at]!) }))
    .filter(({ distance }) => distance > 6 * spread)
    .sort((a, b) => b.distance - a.distance)
    .map(({ slot }) => ({ time: edges[slot]!, value: values[slot]!, usual: medians.get(phases[slot]!)! }));
}
