import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitProfile, type SpanTotal } from './fit-profile.js';

/** Sum of the squared changes of the ratio: what is to be as small as it can. */
function roughness(fitted: ArrayLike<number>, profile: readonly number[]): number {
  return profile.slice(1).reduce((sum, value, at) => {
    return sum + (fitted[at + 1]! / value - fitted[at]! / profile[at]!) ** 2;
  }, 0);
}

const sumOf = (fitted: ArrayLike<number>, { from, to }: SpanTotal) =>
  Array.from(fitted)
    .slice(from, to)
    .reduce((sum, value) => sum + value, 0);

test('totals hold, and no change that keeps them makes the ratio smoother', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 12, maxLength: 12 }),
      fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 3, maxLength: 3 }),
      fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 12, maxLength: 12 }),
      (profile, [first, second, third], change) => {
        // The slots 4 and 5 stand in no span.
        const spans = [
          { from: 0, to: 4, value: first! },
          { from: 6, to: 9, value: second! },
          { from: 9, to: 12, value: third! },
        ];
        const fitted = fitProfile(profile, spans);
        for (const span of spans) expect(sumOf(fitted, span)).toBeCloseTo(span.value, 6);
        const kept = [...change];
        for (const span of spans) kept[span.from]! -= sumOf(change, span);
        for (const step of [-0.01, 0.01]) {
          const other = fitted.map((value, at) => value + step * kept[at]!);
          expect(roughness(other, profile)).toBeGreaterThanOrEqual(roughness(fitted, profile) - 1e-7);
        }
      },
    ),
  );
});

test('a profile that has the right totals stays as it is, over a year of hours too', () => {
  const profile = Array.from({ length: 8760 }, (_, hour) => 50 + 40 * Math.sin((hour / 24) * 2 * Math.PI));
  const spans = Array.from({ length: 12 }, (_, month): SpanTotal => {
    const span = { from: month * 730, to: (month + 1) * 730, value: 0 };
    return { ...span, value: 3 * sumOf(profile, span) };
  });
  const fitted = fitProfile(profile, spans);
  profile.forEach((value, hour) => expect(Math.abs(fitted[hour]! - 3 * value)).toBeLessThan(1e-6));
  const doubled = fitProfile(
    profile,
    spans.map((span, at) => (at < 6 ? span : { ...span, value: 2 * span.value })),
  );
  expect(sumOf(doubled, spans[11]!)).toBeCloseTo(2 * spans[11]!.value, 4);
});

test('hours at which nothing happens stay zero', () => {
  const fitted = fitProfile(
    [0, 1, 2, 0, 0, 3, 3, 0],
    [
      { from: 0, to: 4, value: 30 },
      { from: 4, to: 8, value: 60 },
    ],
  );
  expect([fitted[0], fitted[3], fitted[4], fitted[7]]).toEqual([0, 0, 0, 0]);
  expect(fitted[1]! + fitted[2]!).toBeCloseTo(30, 9);
});

test.each([
  [[0, 0, 1], [{ from: 0, to: 2, value: 5 }]],
  [
    [1, 1, 1],
    [
      { from: 0, to: 2, value: 5 },
      { from: 1, to: 3, value: 5 },
    ],
  ],
  [[1, 1, 1], [{ from: 0, to: 4, value: 5 }]],
  [[1, NaN, 1], [{ from: 0, to: 1, value: 5 }]],
  [[1, 1, 1], [{ from: 0, to: 1, value: Infinity }]],
  [[1], []],
])('%j over %j is refused', (profile, spans) => {
  expect(() => fitProfile(profile, spans)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
