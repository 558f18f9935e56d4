import { expect, it } from 'vitest';
import { firstUnequal, sameOutputs } from './compare-handling.js';

const emitted = (value: unknown) => ({ output: 'sum', key: 'k', businessId: null, value });
const recorded = (value: unknown) => ({
  ...{ output: 'sum', key: 'k', value, seq: 0, time: null, businessId: null },
  ...{ event: { topic: 't', partition: 0, offset: 0 }, eventId: null },
});
const rounded = () => new Map([['$', 0.005]]);

it('meets each output with the record that it is but for its rounding, in whatever order they stand', () => {
  const expected = [emitted(1.004), emitted(2.003)];
  const records = [recorded(2), recorded(1)];
  expect(sameOutputs(expected, records, rounded)).toBe(true);
  expect(firstUnequal(expected, records, rounded)).toBeNull();
  expect(sameOutputs(expected, records, () => undefined)).toBe(false);
  expect(sameOutputs(expected, [recorded(2), recorded(2)], rounded)).toBe(false);
});
