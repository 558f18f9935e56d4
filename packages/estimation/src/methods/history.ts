import type { Series } from '../series/series.js';
import { seasonalProfile, type SeasonalProfile } from './seasonal-profile.js';

/** Slots of a series: `from` is in it, `to` is not. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** All that a method may look at when it fills a gap: a stretch around it, in which the gap is hidden. */
export interface History {
  /** NaN where nothing is known, and so in the whole gap. */
  readonly values: Float64Array;
  readonly phases: Uint16Array;
  /** Distance to the slot before and behind that has the same phase; 0 where there is none. */
  readonly toPrevious: Uint16Array;
  readonly toNext: Uint16Array;
  /** The place of each slot in its day, where the season is a week of several slots a day; null where it is not. */
  readonly places: Uint16Array | null;
  readonly season: number;
  /** The gap, in slots of this stretch. */
  readonly from: number;
  readonly to: number;
  readonly isNonNegative: boolean;
  /** Whether it is a level: what it is next is what it is now, and a change. */
  readonly isLevel: boolean;
  readonly profile: SeasonalProfile;
  /** Another system's measure in the same slots, known in the gap too; null where there is none. */
  readonly covariate: Float64Array | null;
}

/** What of a series every method sees: computed once, whatever is hidden later. */
export interface SlotLinks {
  readonly toPrevious: Uint16Array;
  readonly toNext: Uint16Array;
  readonly places: Uint16Array | null;
}

/** So many slots beside a gap tell how a level moves, where its seasons are shorter. */
export const fewestSlots = 120;

/**
 * So many slots on each side of a gap are looked at: eight seasons, so that the pattern is of its time and a refit in every
 * mask is cheap. Of a season shorter than a week, or none, more.
 */
export function reachOf(season: number): number {
  return season < 7 ? fewestSlots : 8 * season;
}

/** Slots of a day where the season is a week of several slots a day, else 0. */
export function dayOf(season: number): number {
  return season > 7 && season % 7 === 0 ? season / 7 : 0;
}

export function linkSlots(phases: Uint16Array, season: number): SlotLinks {
  const day = dayOf(season);
  const toPrevious = new Uint16Array(phases.length);
  const toNext = new Uint16Array(phases.length);
  const last = new Map<number, number>();
  for (let slot = 0; slot < phases.length; slot++) {
    const before = last.get(phases[slot]!);
    last.set(phases[slot]!, slot);
    if (before === undefined || slot - before > 0xffff) continue;
    toPrevious[slot] = slot - before;
    toNext[before] = slot - before;
  }
  return { toPrevious, toNext, places: day > 0 ? phases.map((phase) => phase % day) : null };
}

/**
 * The stretch around a gap with the gap hidden.
 * @param hidden what is not known because of the gap: it, and missing slots beside it
 * @param seen slots in front of what is hidden, and behind it, that may be looked at; none behind at the end of a series
 * @param known its profile, where it was worked out before
 */
export function historyOf(
  series: Series,
  links: SlotLinks,
  gap: Span,
  hidden: Span,
  seen: { readonly before: number; readonly after: number },
  covariate: Float64Array | null,
  known?: SeasonalProfile,
): History {
  const reach = reachOf(series.season);
  const begin = Math.max(0, hidden.from - Math.min(seen.before, reach));
  const end = Math.min(series.values.length, Math.max(gap.to, hidden.to + Math.min(seen.after, reach)));
  const values = series.values.slice(begin, end);
  values.fill(NaN, hidden.from - begin, hidden.to - begin);
  const phases = series.phases.subarray(begin, end);
  return {
    values,
    phases,
    toPrevious: links.toPrevious.subarray(begin, end),
    toNext: links.toNext.subarray(begin, end),
    places: links.places?.subarray(begin, end) ?? null,
    season: series.season,
    from: gap.from - begin,
    to: gap.to - begin,
    isNonNegative: series.isNonNegative,
    isLevel: series.measure === 'level',
    profile: known ?? seasonalProfile(values, phases),
    covariate: covariate === null ? null : covariate.subarray(begin, end),
  };
}
