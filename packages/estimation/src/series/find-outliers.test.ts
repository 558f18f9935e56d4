import { expect, it } from 'vitest';
import { day, monday, normalOf, pattern, seriesOf } from '../../test/synthetic-series.js';
import { findOutliers } from './find-outliers.js';

it('names what is unlike its own phase, the farthest first, and nothing that the season explains', () => {
  const normal = normalOf(1);
  const values = Array.from({ length: 120 }, (_, slot) => 1000 * pattern('day', slot) + 20 * normal());
  expect(findOutliers(seriesOf(120, (slot) => values[slot]))).toEqual([]);
  // A Sunday as busy as a Saturday, and a Monday without anything.
  values[27] = 1600;
  values[49] = 100;
  const outliers = findOutliers(seriesOf(120, (slot) => (slot === 70 ? undefined : values[slot])));
  expect(outliers.map(({ time }) => (time - monday) / day)).toEqual([27, 49]);
  expect(Math.abs(outliers[0]!.usual - 600)).toBeLessThan(30);
});

it('names nothing where nothing varies', () => {
  expect(findOutliers(seriesOf(50, (slot) => (slot === 9 ? 8 : 7)))).toEqual([]);
  expect(findOutliers(seriesOf(5, (slot) => (slot === 0 ? 1 : undefined)))).toEqual([]);
});
