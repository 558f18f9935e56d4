import { historyOf, linkSlots, type History } from '../methods/history.js';
import type { SeasonalProfile } from '../methods/seasonal-profile.js';
import type { Series } from '../series/series.js';
import type { PlacedGap } from './choose-masks.js';

/** Gives the history of a mask that begins at a slot, or of the gap itself. */
export interface HistorySource {
  readonly ofGap: () => History;
  readonly ofMask: (start: number) => History;
  /** What stood in a mask. */
  readonly truth: (start: number) => Float64Array;
}

export function maskedHistories(series: Series, place: PlacedGap, covariate: Float64Array | null): HistorySource {
  const { gap, hidden, seen } = place;
  // What survived of the gap is not looked at anywhere: it may be a part only.
  const values = series.values.slice();
  values.fill(NaN, hidden.from, hidden.to);
  const known: Series = { ...series, values };
  const links = linkSlots(series.phases, series.season);
  const length = gap.to - gap.from;
  const [lead, trail] = [gap.from - hidden.from, hidden.to - gap.to];
  // Most masks are asked for twice. What is small of them is kept: a stretch of eight long seasons is not.
  const profiles = new Map<number, SeasonalProfile>();
  const historyFrom = (start: number) => {
    const to = start + length;
    const around = { from: start - lead, to: to + trail };
    const history = historyOf(known, links, { from: start, to }, around, seen, covariate, profiles.get(start));
    profiles.set(start, history.profile);
    return history;
  };
  return {
    ofGap: () => historyFrom(gap.from),
    ofMask: historyFrom,
    truth: (start) => values.subarray(start, start + length),
  };
}
