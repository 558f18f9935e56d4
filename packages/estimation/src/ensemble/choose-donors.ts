import { donorWindow } from './draw-path.js';
import type { LocatedGap, TimeSpan } from './locate-gaps.js';

/** Which stretches of the history stand in for a gap: of the same hour of the week, of the same hour of the day, or any. */
export type DonorPhase = 'week' | 'day' | 'any';

/** Gaps that lie at about the same time, and are filled from the same moments of the history. */
export interface GapCluster {
  readonly gaps: readonly LocatedGap[];
  /** What to take off a time in the gap to be in the donor, in milliseconds; the nearest first. */
  readonly shifts: readonly number[];
  readonly phase: DonorPhase;
}

const hour = 3_600_000;
const day = 24 * hour;
const phases: readonly (readonly [DonorPhase, number])[] = [
  ['week', 7 * day],
  ['day', day],
  ['any', hour],
];

/** Fewer give no interval of 90 %. */
export const fewestDonors = 19;
const mostDonors = 60;

/**
 * Chooses the stretches of the history that stand in for gaps: as long as the gap, known as a whole in the same partitions, apart
 * from each other and from the gap, before and behind it. Of the phase of the week if that gives 19, else of the day, else any.
 * A stretch is taken as a whole, so that what goes together in it stays together (a seasonal block bootstrap: Politis 2001,
 * "Resampling time series with seasonal components"): to take the hours of a gap for independent makes intervals far too narrow.
 * @param unknown by partition, times of which not every event is known
 * @param history from the first to the last event that is known
 */
export function chooseDonors(
  gaps: readonly LocatedGap[],
  unknown: ReadonlyMap<string, readonly TimeSpan[]>,
  history: TimeSpan,
): readonly GapCluster[] {
  return clusterGaps(gaps).map((cluster): GapCluster => {
    const span = { from: Math.min(...cluster.map(({ from }) => from)), to: Math.max(...cluster.map(({ to }) => to)) };
    let chosen: Omit<GapCluster, 'gaps'> = { shifts: [], phase: 'any' };
    for (const [phase, unit] of phases) {
      const stride = Math.max(1, Math.ceil((span.to - span.from) / unit)) * unit;
      const isKnown = (shift: number): boolean =>
        cluster.every((gap) => {
          const { from, to } = donorWindow(gap, shift);
          const lost = unknown.get(gap.partition) ?? [];
          return from >= history.from && to <= history.to && lost.every((span) => to <= span.from || from >= span.to);
        });
      const shifts = shiftsWithin(span, history, stride).filter(isKnown).slice(0, mostDonors);
      if (shifts.length > chosen.shifts.length) chosen = { shifts, phase };
      if (shifts.length >= fewestDonors) break;
    }
    return { gaps: cluster, ...chosen };
  });
}

/** All multiples of the stride that lead into the history, the nearest first. */
function shiftsWithin(span: TimeSpan, history: TimeSpan, stride: number): readonly number[] {
  const back = Math.max(0, Math.floor((span.from - history.from) / stride));
  const on = Math.max(0, Math.floor((history.to - span.to) / stride));
  const shifts: number[] = [];
  for (let at = 1; at <= Math.max(back, on) && shifts.length < 100 * mostDonors; at++) {
    if (at <= back) shifts.push(at * stride);
    if (at <= on) shifts.push(-at * stride);
  }
  return shifts;
}

/** Gaps that are less than a day apart belong together. */
function clusterGaps(gaps: readonly LocatedGap[]): readonly (readonly LocatedGap[])[] {
  const clusters: { gaps: LocatedGap[]; to: number }[] = [];
  for (const gap of [...gaps].sort((a, b) => a.from - b.from)) {
    const last = clusters.at(-1);
    if (last !== undefined && gap.from <= last.to + day) {
      last.gaps.push(gap);
      last.to = Math.max(last.to, gap.to);
    } else clusters.push({ gaps: [gap], to: gap.to });
  }
  return clusters.map((cluster) => cluster.gaps);
}
