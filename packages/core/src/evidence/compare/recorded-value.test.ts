import { expect, it } from 'vitest';
import { recordedDifference, sameRecorded, tolerancesOf } from './recorded-value.js';

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

/** Values of a few leaves that nearly are the same, and containers of them. */
function valueFrom(draw: () => number, depth: number): unknown {
  const leaves = [null, undefined, 0, -0, 1, 1.5, 1.5 * (1 + 2 ** -52), 1.504, 'a', '', true, [], {}];
  const kind = depth <= 0 ? 0 : Math.floor(draw() * 3);
  const children = Array.from({ length: kind === 0 ? 0 : Math.floor(draw() * 3) }, () => valueFrom(draw, depth - 1));
  if (kind === 1) return children;
  if (kind === 2) return Object.fromEntries(children.map((child, at) => [['sum', 'two words', 'n'][at] ?? '', child]));
  return leaves[Math.floor(draw() * leaves.length)];
}

it('answers the question without paths as the one with paths does (seed 7)', () => {
  let state = 7;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const within = new Map([
    ['$.sum', 0.005],
    ['$["two words"][0]', 0.005],
  ]);
  const seen = { same: 0, other: 0 };
  for (let turn = 0; turn < 20_000; turn++) {
    const [left, right] = [valueFrom(draw, 2), valueFrom(draw, 2)];
    for (const tolerances of [undefined, within]) {
      const expected = recordedDifference(left, right, tolerances) === null;
      expect(sameRecorded(left, right, tolerances), JSON.stringify([left, right])).toBe(expected);
      seen[expected ? 'same' : 'other']++;
    }
  }
  expect(Math.min(seen.same, seen.other)).toBeGreaterThan(500);
});
