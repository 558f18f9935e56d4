import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';

const [hour, day] = [3_600_000, 86_400_000];
const monday = Date.UTC(2026, 0, 5);

/**
 * How values vary around level times pattern, and how the level moves. Each gives for one series the noise in front of it; `correlation` is that of
 * noise from slot to slot, 1 for a walk.
 */
const families = {
  /** Of one size in all slots, so that quiet ones vary by as much; cut at zero. */
  'one size': ({ between, level }) => ({ spreadOf: constant(level * between(0.03, 0.12)), isCut: true }),
  /** The same, and values may be negative. */
  'one size, signed': ({ between, level }) => ({ spreadOf: constant(level * between(0.05, 0.3)) }),
  /** Grows with the level. */
  proportional: ({ between }) => ({ spreadOf: share(between(0.05, 0.25)) }),
  /** Counts: the variance is the mean. */
  Poisson: () => ({ spreadOf: Math.sqrt, isCount: true }),
  /** Counts of a rate that varies (negative binomial). */
  overdispersed: ({ between }) => {
    const of = between(0.1, 0.4);
    return { spreadOf: (mean) => Math.sqrt(mean + (of * mean) ** 2), rateVaries: of, isCount: true };
  },
  /** Student's t of three degrees, in proportion. */
  'heavy tails': ({ between }) => ({ spreadOf: share(between(0.05, 0.2)), isHeavy: true }),
  /** Each phase of the season has a spread of its own, whatever its level. */
  'own of each phase': ({ between, level, season }) => {
    const spreads = Array.from({ length: season }, () => level * 0.08 * Math.exp(between(-1, 1)));
    return { spreadOf: (_, slot) => spreads[slot % season], isCut: true };
  },
  /** In proportion, and what is high stays high for a while. */
  'AR(1)': ({ between }) => ({ spreadOf: share(between(0.05, 0.2)), correlation: between(0.5, 0.95) }),
  /** The level walks, and there is some noise in proportion. */
  'level walks': ({ between, season }) => ({
    spreadOf: share(between(0.1, 0.4) / Math.sqrt(season)),
    correlation: 1,
    around: share(between(0.03, 0.15)),
  }),
  /** Nothing but a walk: no season. */
  walk: ({ between, level, isLong }) => ({
    spreadOf: constant((level * between(0.01, 0.04)) / (isLong ? 3 : 1)),
    correlation: 1,
    isFlat: true,
    isCut: true,
  }),
  /** Nothing but AR(0.97): no season. */
  'AR(0.97)': ({ between, level }) => ({
    spreadOf: constant(level * between(0.1, 0.2)),
    correlation: 0.97,
    isFlat: true,
    isCut: true,
  }),
  /** Counts of a rate that grows or shrinks. */
  trend: ({ between, slots }) => {
    const growth = between(-0.5, 1.5) / slots;
    return { spreadOf: Math.sqrt, isCount: true, trendOf: (slot) => 1 + growth * slot };
  },
};

export const kinds = Object.keys(families);

const weeks = {
  day: { short: [5, 8], middle: [9, 30], long: [45, 80] },
  hour: { short: [3, 5], middle: [6, 14], long: [20, 30] },
};

/**
 * One series with a gap in it: `{ step, side, times, values, gap, oracleWidth }`, the gap in slots. `oracleWidth` is half the 90 % interval of who knows level, pattern, the law of the
 * noise, and the slots beside the gap.
 */
export function madeUpSeries({ kind, step, history, where, seed }) {
  const random = xoroshiro128plus(mixed(`${kind} ${step} ${history} ${where} ${seed}`));
  for (let n = 0; n < 20; n++) uniformFloat64(random);
  const uniform = () => uniformFloat64(random);
  const between = (low, high) => low + (high - low) * uniform();
  const oneOf = (all) => all[uniformInt(random, 0, all.length - 1)];
  const [season, width] = step === 'hour' ? [168, hour] : [7, day];
  const slots = uniformInt(random, ...weeks[step][history]) * season + uniformInt(random, 0, season - 1);
  const quiet = { weekend: between(0.15, 0.6), night: between(0.05, 0.4) };
  const [shape, peak, hoursOpen] = [Array.from({ length: 7 }, () => between(0.8, 1.3)), between(10, 16), between(4, 7)];
  const factor = (slot) => {
    const ofDay = (at) => shape[at] * (at >= 5 ? quiet.weekend : 1);
    if (step === 'day') return ofDay(slot % 7);
    const bell = Math.exp(-((((slot % 24) - peak) / hoursOpen) ** 2));
    return ofDay(Math.floor(slot / 24) % 7) * (quiet.night + (1 - quiet.night) * bell);
  };
  const side = oneOf(['middle', 'end']);
  const length =
    where === 'quiet'
      ? oneOf(step === 'hour' ? [6, 24] : [1, 2])
      : oneOf(step === 'hour' ? [6, 24, 72, 168] : [1, 2, 3, 7]);
  // Quiet: nights of hours, or a day of the weekend; weekends of days.
  const isQuiet = (slot) =>
    step === 'day' || length === 24
      ? Math.floor(slot / (step === 'day' ? 1 : 24)) % 7 === (length === 2 ? 5 : 6) &&
        (step === 'day' || slot % 24 === 0)
      : slot % 24 === 0;
  const margin = season;
  let from;
  do {
    const last = slots - length;
    from =
      side === 'end'
        ? last - uniformInt(random, 0, season - 1)
        : uniformInt(random, margin, Math.max(margin + season, last - season));
  } while (where === 'quiet' && !isQuiet(from));
  const level = 10 ** between(0.7, 3);
  const family = families[kind]({ between, level, season, slots, isLong: slots > 300 });
  const { spreadOf, correlation = 0, around, isFlat, trendOf = () => 1, isCount, isCut, rateVaries, isHeavy } = family;
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const draw = isHeavy ? () => studentOfThree(normal) : normal;
  const means = Array.from({ length: slots }, (_, slot) => level * trendOf(slot) * (isFlat ? 1 : factor(slot)));
  const spreads = means.map((mean, slot) => spreadOf(mean, slot));
  let state = correlation < 1 ? normal() : 0;
  const values = means.map((mean, slot) => {
    if (correlation > 0)
      state = correlation * state + (correlation < 1 ? Math.sqrt(1 - correlation ** 2) : 1) * normal();
    if (rateVaries !== undefined)
      return poisson(mean * gamma(1 / rateVaries ** 2, normal, uniform) * rateVaries ** 2, normal, uniform);
    if (isCount) return poisson(mean, normal, uniform);
    const value =
      mean + spreads[slot] * (correlation > 0 ? state : draw()) + (around === undefined ? 0 : around(mean) * normal());
    return isCut === true || spreadOf.isShare === true ? Math.max(0, value) : value;
  });
  const gap = { from, to: from + length };
  const inGap = spreads.slice(from, from + length);
  let variance = varianceOfTotal(inGap, correlation, side);
  if (around !== undefined) for (const mean of means.slice(from, from + length)) variance += around(mean) ** 2;
  return {
    ...{ step, side, values, gap, measure: isCount ? 'count' : 'sum' },
    times: values.map((_, slot) => monday + slot * width),
    oracleWidth: 1.645 * Math.sqrt(variance),
  };
}

/** Seeds that are near give series that are not (FNV-1a). */
function mixed(text) {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash;
}

function constant(spread) {
  return () => spread;
}

function share(of) {
  return Object.assign((mean) => of * mean, { isShare: true });
}

/** Of correlated noise in so many slots, given the noise in the slot before them, and in the middle in the one behind them too. */
function varianceOfTotal(spreads, correlation, side) {
  const length = spreads.length;
  const forward =
    correlation === 1
      ? (first, second) => Math.min(first, second)
      : (first, second) => correlation ** Math.abs(first - second) - correlation ** (first + second);
  let variance = 0;
  for (let first = 1; first <= length; first++) {
    for (let second = 1; second <= length; second++) {
      let of = correlation === 0 ? (first === second ? 1 : 0) : forward(first, second);
      if (correlation > 0 && side === 'middle')
        of -= (forward(first, length + 1) * forward(second, length + 1)) / forward(length + 1, length + 1);
      variance += spreads[first - 1] * spreads[second - 1] * of;
    }
  }
  return variance;
}

function studentOfThree(normal) {
  const square = (normal() ** 2 + normal() ** 2 + normal() ** 2) / 3;
  // Of variance one.
  return normal() / Math.sqrt(square) / Math.sqrt(3);
}

/** Marsaglia & Tsang 2000. */
function gamma(shape, normal, uniform) {
  const d = shape - 1 / 3;
  for (;;) {
    const z = normal();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Knuth's loop; of large means a rounded normal. */
function poisson(mean, normal, uniform) {
  if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  let count = -1;
  for (let product = 1; product > Math.exp(-mean); product *= 1 - uniform()) count++;
  return count;
}
