import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { regularSeries, type GridStep, type Series, type SeriesSettings } from '../src/index.js';

export const hour = 3_600_000;
export const day = 24 * hour;
/** A Monday. */
export const monday = Date.UTC(2026, 0, 5);

/** Uniform numbers from 0 to 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

export function normalOf(seed: number): () => number {
  const random = randomOf(seed);
  return () => normalFrom(random);
}

export function normalFrom(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Counts with a mean, by Knuth's product of uniforms. */
export function poisson(mean: number, random: () => number): number {
  let count = -1;
  for (let product = 1; product > Math.exp(-mean); product *= random()) count++;
  return count;
}

const weekdays = [1, 0.95, 1, 1.05, 1.3, 1.6, 0.6];

/** A factor for each slot of a week: weekdays, and of hours a night without anything much. */
export function pattern(step: 'hour' | 'day', slot: number): number {
  if (step === 'day') return weekdays[slot % 7]!;
  const atNight = slot % 24 < 6;
  return weekdays[Math.floor(slot / 24) % 7]! * (atNight ? 0.05 : 1 + 0.5 * Math.sin(((slot % 24) - 6) / 5));
}

/** A series whose slots are computed from their number; undefined for a missing one. */
export function seriesOf(
  length: number,
  value: (slot: number) => number | undefined,
  settings: Partial<SeriesSettings> & { readonly step?: GridStep & ('hour' | 'day') } = {},
): Series {
  const { step = 'day' } = settings;
  const width = step === 'hour' ? hour : day;
  const observations = Array.from({ length }, (_, slot) => ({ time: monday + slot * width, value: value(slot) }));
  return regularSeries(
    observations.filter((of): of is { time: number; value: number } => of.value !== undefined),
    { measure: 'sum', ...settings, step },
  );
}

/** A gap of slots of a series that begins on `monday`. */
export function gapAt(from: number, slots: number, step: 'hour' | 'day' = 'day') {
  const width = step === 'hour' ? hour : day;
  return { from: monday + from * width, to: monday + (from + slots) * width };
}
