import { reachOf, type Span } from '../methods/history.js';
import type { Series } from '../series/series.js';

/**
 * Which phase the masks share with the gap: that of the season, or only the time of the day, or none because there are too few
 * spans otherwise.
 */
export type MaskPhase = 'season' | 'day' | 'any';

/** A gap and what surrounds it, in slots. */
export interface PlacedGap {
  readonly gap: Span;
  /** The gap and the missing slots right beside it. */
  readonly hidden: Span;
  /** Slots of the series in front of what is hidden, and behind it. */
  readonly seen: { readonly before: number; readonly after: number };
}

/** Known spans like the gap, to be hidden and estimated. Starts of the masked gaps, in rising order. */
export interface Masks {
  /** Those on which methods are compared. */
  readonly selection: readonly number[];
  /** Those whose errors make the intervals: others than those of the selection where there are enough. */
  readonly calibration: readonly number[];
  readonly isApart: boolean;
  readonly phase: MaskPhase;
}

/** So many masks are wanted before a phase is given up, and before methods are compared. */
export const enoughMasks = 40;
const mostCalibration = 120;

export function placeGap({ values }: Series, gap: Span): PlacedGap {
  let { from, to } = gap;
  while (from > 0 && Number.isNaN(values[from - 1]!)) from--;
  while (to < values.length && Number.isNaN(values[to]!)) to++;
  return { gap, hidden: { from, to }, seen: { before: from, after: values.length - to } };
}

/**
 * Chooses the spans of a backtest: of the gap's length, wholly known, never touching the gap, with as much to be seen on either
 * side as a gap of this kind needs, spread evenly: four seasons, or two or one where that
 * leaves fewer than 80, and where nothing leaves 80 fewer than 40: a mask that sees less than the gap does errs by more. Of the gap's phase in the season if that gives 40, else of its time of the
 * day, else of any phase. From 80 on, 40 serve the selection and the others the calibration; below, all serve both.
 */
export function chooseMasks(series: Series, { gap, hidden, seen }: PlacedGap): Masks {
  const { values, season } = series;
  const length = gap.to - gap.from;
  const unknown = new Uint32Array(values.length + 1);
  values.forEach((value, slot) => {
    const isHidden = slot >= hidden.from && slot < hidden.to;
    unknown[slot + 1] = unknown[slot]! + (isHidden || Number.isNaN(value) ? 1 : 0);
  });
  const starts = (seasons: number): number[] => {
    const needed = (side: number) => Math.min(side, seasons * season, reachOf(season));
    const first = needed(seen.before) + (gap.from - hidden.from);
    const last = values.length - needed(seen.after) - (hidden.to - gap.from);
    const all: number[] = [];
    for (let start = first; start <= last; start++) {
      if (unknown[start + length] === unknown[start]) all.push(start);
    }
    return all;
  };
  const sets: (readonly number[])[] = [];
  const enough = (wanted: number) => sets.find((all) => all.length >= wanted);
  for (const seasons of [4, 2, 1]) {
    sets.push(starts(seasons));
    if (enough(2 * enoughMasks) !== undefined) break;
  }
  const candidates = enough(2 * enoughMasks) ?? enough(enoughMasks) ?? sets.at(-1)!;
  const { chosen, phase } = ofPhase(series, gap.from, candidates);
  return { ...share(chosen), phase };
}

function ofPhase(
  { step, phases, calendar }: Series,
  start: number,
  candidates: readonly number[],
): { readonly chosen: readonly number[]; readonly phase: MaskPhase } {
  const phase = phases[start]!;
  const ofSeason = candidates.filter((at) => phases[at] === phase);
  if (ofSeason.length >= enoughMasks) return { chosen: ofSeason, phase: 'season' };
  if (step === 'hour' && calendar.season === null) {
    const ofDay = candidates.filter((at) => phases[at]! % 24 === phase % 24);
    if (ofDay.length >= enoughMasks) return { chosen: ofDay, phase: 'day' };
  }
  return { chosen: candidates, phase: candidates.length === ofSeason.length ? 'season' : 'any' };
}

function share(candidates: readonly number[]): Omit<Masks, 'phase'> {
  const masks = spread(candidates, enoughMasks + mostCalibration);
  if (masks.length < 2 * enoughMasks) return { selection: masks, calibration: masks, isApart: false };
  const selection = spread(masks, enoughMasks);
  const taken = new Set(selection);
  return { selection, calibration: masks.filter((start) => !taken.has(start)), isApart: true };
}

/** At most so many, evenly spread from the first to the last. */
function spread(starts: readonly number[], most: number): readonly number[] {
  if (starts.length <= most) return starts;
  return Array.from({ length: most }, (_, at) => starts[Math.round((at * (starts.length - 1)) / (most - 1))]!);
}

/** How many of the masks can be taken without two that overlap. */
export function countApart(starts: readonly number[], length: number): number {
  let [count, end] = [0, -Infinity];
  for (const start of starts) {
    if (start < end) continue;
    count++;
    end = start + length;
  }
  return count;
}
