import { fewestSlots, type History, type Span } from './history.js';
import { finishPath } from './method.js';
import { rememberOf } from './remember.js';

/** A series taken apart: what is left of it around a gap without its seasons, and the season of each slot of the gap. */
export interface Decomposition {
  /** Values without their season, of two seasons in front of the gap and one behind it; NaN where nothing is known, or where the season leaves next to nothing. */
  readonly adjusted: Float64Array;
  /** The gap, in slots of that stretch. */
  readonly from: number;
  readonly to: number;
  /** By slot of the gap: a factor of the level, or what is added to it. */
  readonly season: Float64Array;
  readonly isFactor: boolean;
}

/** What a value weighs that is one season further away: of a day inside of a week, and of the season itself. */
const [ofDayAway, ofSeasonAway] = [0.85, 0.75];
/** Beyond so many seasons on either side little weighs anything. */
const reach = 3;
/** A level cannot be told from a value where the season leaves less of it. */
const leastFactor = 0.2;

/**
 * Takes a series apart into a trend, a season that may change, and the day inside of a week of hours. The trend is a moving average
 * over one season of the values without theirs; a season is what the values of a phase come to over trend and other season, each
 * weighing less by its distance, on both sides of the gap (a ratio of sums, so that zeros have one). A second pass takes out of the
 * season what the first trend had left in it. This is MSTL (Bandara, Hyndman & Bergmeir 2021, "MSTL: A seasonal-trend decomposition
 * algorithm for time series with multiple seasonal patterns"), with exponential weights (Brown 1959) in the place of its local regressions.
 */
export const decompose = rememberOf((history: History): Decomposition => {
  const { profile, isNonNegative, season } = history;
  const stretch = Math.max(reach * season, fewestSlots);
  const begin = Math.max(0, history.from - stretch);
  const end = Math.min(history.values.length, history.to + stretch);
  const isFactor = isNonNegative && profile.mean > 0;
  const values = history.values.subarray(begin, end);
  const phases = history.phases.subarray(begin, end);
  const size = values.length;
  const gap = { from: history.from - begin, to: history.to - begin };
  const beside = Math.max(season, fewestSlots);
  const told = { from: Math.max(0, gap.from - 2 * beside), to: Math.min(size, gap.to + beside) };
  const all = { from: 0, to: size };
  const room = roomFor(size);
  const { whole, ofDay, ofSeason } = room;
  const usual = isFactor ? profile.ratio : profile.difference;
  for (let slot = 0; slot < size; slot++) whole[slot] = usual[phases[slot]!]!;
  ofDay.fill(isFactor ? 1 : 0);
  ofSeason.fill(isFactor ? 1 : 0);
  const places = history.places?.subarray(begin, end) ?? null;
  // The profile that the first trend is taken with has some of a trend in it; next to nothing where the season is a week of hours.
  for (let pass = places === null ? 0 : 1; pass < 2; pass++) {
    takeTrend(room, values, isFactor, Math.max(3, season >> 1));
    if (places !== null)
      takeSeason(ofDay, room, values, { other: ofSeason, phases: places, weight: ofDayAway, isFactor, asked: all });
    // Of what comes out in the end nobody asks for more than lies around the gap.
    const asked = pass === 1 ? told : all;
    if (season > 1) takeSeason(ofSeason, room, values, { other: ofDay, phases, weight: ofSeasonAway, isFactor, asked });
    for (let slot = asked.from; slot < asked.to; slot++) {
      whole[slot] = isFactor ? ofDay[slot]! * ofSeason[slot]! : ofDay[slot]! + ofSeason[slot]!;
    }
  }
  const adjusted = new Float64Array(told.to - told.from);
  for (let at = 0; at < adjusted.length; at++) {
    const of = whole[told.from + at]!;
    const value = values[told.from + at]!;
    adjusted[at] = isFactor ? (of > leastFactor ? value / of : NaN) : value - of;
  }
  return {
    adjusted,
    from: gap.from - told.from,
    to: gap.to - told.from,
    season: whole.slice(gap.from, gap.to),
    isFactor,
  };
});

/** Where a decomposition is worked out. Made once: a backtest does it in hundreds of stretches of one size. */
interface Room {
  readonly whole: Float64Array;
  readonly ofDay: Float64Array;
  readonly ofSeason: Float64Array;
  readonly trend: Float64Array;
  /** By slot what is divided and what it is divided by, side by side. */
  readonly shares: Float64Array;
}

let shared = new Float64Array(0);

function roomFor(size: number): Room {
  if (shared.length < 6 * size + 2) shared = new Float64Array(6 * size + 2);
  const part = (index: number) => shared.subarray(index * size, (index + 1) * size);
  return { whole: part(0), ofDay: part(1), ofSeason: part(2), trend: part(3), shares: shared.subarray(4 * size) };
}

/** A centred moving average over one season of the values without theirs, of fewer towards both ends. */
function takeTrend({ whole, trend, shares }: Room, values: Float64Array, isFactor: boolean, half: number): void {
  const size = values.length;
  let top = 0;
  let bottom = 0;
  shares[0] = shares[1] = 0;
  for (let slot = 0; slot < size; slot++) {
    const value = values[slot]!;
    if (value === value) {
      top += isFactor ? value : value - whole[slot]!;
      bottom += isFactor ? whole[slot]! : 1;
    }
    shares[2 * slot + 2] = top;
    shares[2 * slot + 3] = bottom;
  }
  for (let slot = 0; slot < size; slot++) {
    const begin = slot > half ? 2 * (slot - half) : 0;
    const end = slot + half < size ? 2 * (slot + half + 1) : 2 * size;
    trend[slot] = (shares[end]! - shares[begin]!) / (shares[end + 1]! - shares[begin + 1]!);
  }
}

interface OneSeason {
  /** The other season. */
  readonly other: Float64Array;
  readonly phases: Uint16Array;
  /** Of what is one season further away. */
  readonly weight: number;
  readonly isFactor: boolean;
  /** Slots of which it is asked. */
  readonly asked: Span;
}

/** What the values of a phase come to over trend and other season: what lies in front of each slot, and it, and what lies behind it. */
function takeSeason(
  into: Float64Array,
  { trend, shares }: Room,
  values: Float64Array,
  { other, phases, weight, isFactor, asked }: OneSeason,
): void {
  const size = values.length;
  let most = 0;
  for (let slot = 0; slot < size; slot++) if (phases[slot]! > most) most = phases[slot]!;
  const ofPhase = new Float64Array(2 * most + 2);
  for (let slot = 0; slot < asked.to; slot++) {
    const at = 2 * phases[slot]!;
    const value = values[slot]!;
    const base = isFactor ? trend[slot]! * other[slot]! : trend[slot]! + other[slot]!;
    let top = weight * ofPhase[at]!;
    let bottom = weight * ofPhase[at + 1]!;
    if (value === value && base === base) {
      top += isFactor ? value : value - base;
      bottom += isFactor ? base : 1;
    }
    ofPhase[at] = shares[2 * slot] = top;
    ofPhase[at + 1] = shares[2 * slot + 1] = bottom;
  }
  ofPhase.fill(0);
  for (let slot = size - 1; slot >= asked.from; slot--) {
    const at = 2 * phases[slot]!;
    const value = values[slot]!;
    const base = isFactor ? trend[slot]! * other[slot]! : trend[slot]! + other[slot]!;
    let top = weight * ofPhase[at]!;
    let bottom = weight * ofPhase[at + 1]!;
    if (slot < asked.to) {
      const sum = shares[2 * slot + 1]! + bottom;
      // An hour in which nothing ever happens leaves the other season without a base: it changes nothing then.
      into[slot] = sum > 0 ? (shares[2 * slot]! + top) / sum : isFactor ? 1 : 0;
    }
    if (value === value && base === base) {
      top += isFactor ? value : value - base;
      bottom += isFactor ? base : 1;
    }
    ofPhase[at] = top;
    ofPhase[at + 1] = bottom;
  }
}

/** Puts a season on levels, by slot of the gap. */
export function recompose(
  { season, isFactor }: Decomposition,
  history: History,
  levelAt: (slot: number) => number,
): Float64Array | null {
  const path = new Float64Array(season.length);
  for (let at = 0; at < path.length; at++) path[at] = isFactor ? season[at]! * levelAt(at) : season[at]! + levelAt(at);
  return finishPath(path, history);
}
