import { expect, it } from 'vitest';
import { OutputValues } from '../compare/output-values.js';
import { FieldTally } from './field-tally.js';

it('counts no field that is the same but for its rounding, its last bits, or null in the place of nothing', () => {
  const values = new OutputValues({
    sums: { kind: 'event', reveals: [{ fields: { total: 'total' }, within: { total: 0.005 } }] },
  });
  const tally = new FieldTally();
  const expected = { total: 1.004, mean: 0.1 + 0.2, count: 3 };
  const recorded = { total: 1, mean: 0.3, count: 4, note: null };
  tally.add('sums', 'k', expected, recorded, (...field) => values.sameField('sums', ...field));
  expect(tally.findings().map(({ path, differing }) => [path, differing])).toEqual([['$.count', 1]]);
});
