import { expect, it } from 'vitest';
import { recordedDifference, tolerancesOf } from './recorded-value.js';

it('takes a value for the same within its rounding, the last bits of fractions, and absent for null', () => {
  const within = tolerancesOf({
    kind: 'latest',
    reveals: [{ fields: { total: 'sum.total' }, within: { total: 0.005 } }],
  });
  expect(recordedDifference({ sum: { total: 1.234 } }, { sum: { total: 1.23 } }, within)).toBeNull();
  expect(recordedDifference({ sum: { total: 1.24 } }, { sum: { total: 1.23 } }, within)?.path).toBe('$.sum.total');
  expect(recordedDifference({ n: 0.1 + 0.2 }, { n: 0.3 })).toBeNull();
  expect(recordedDifference({ n: 1 }, { n: 1, note: null })).toBeNull();
  expect(recordedDifference({ n: 9007199254740990 }, { n: 9007199254740991 })?.path).toBe('$.n');
  expect(recordedDifference([1, 2], [1])?.path).toBe('$[1]');
});
