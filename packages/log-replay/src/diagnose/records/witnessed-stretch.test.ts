import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstWitnessed } from './witnessed-stretch.js';

it('finds where the records begin, whatever order and however few have outputs', () => {
  expect(firstWitnessed([12, 10, 11, 13])).toBe(10);
  expect(firstWitnessed([7])).toBe(7);
  // One event in forty leaves outputs.
  expect(firstWitnessed([400, 440, 520, 560, 480])).toBe(400);
});

it('is not led astray by a redelivery from long ago (property)', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 5000 }),
      fc.integer({ min: 20, max: 200 }),
      fc.nat(500),
      (from, count, old) => {
        const dense = Array.from({ length: count }, (_, index) => from + index);
        expect(firstWitnessed([...dense, old])).toBe(from);
      },
    ),
    { numRuns: 200, seed: 5 },
  );
});
