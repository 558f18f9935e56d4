import { describe, expect, it } from 'vitest';
import { normalOf } from '../../test/synthetic-series.js';
import type { MethodName } from '../methods/portfolio.js';
import { chooseMethod as chooseFrom } from './choose-method.js';
import type { BacktestErrors } from './run-backtest.js';

const chooseMethod = (errors: BacktestErrors) => chooseFrom(errors, 'slot-mean-4');

/** Errors of methods over masks, the mean of everything twice as bad as the worst. */
function errorsOf(
  masks: number,
  byMethod: Partial<Record<MethodName, (mask: number) => number>>,
  independent = masks,
): BacktestErrors {
  const squares = new Map(
    Object.entries(byMethod).map(([name, error]) => [
      name as MethodName,
      Float64Array.from({ length: masks }, (_, mask) => error(mask) ** 2),
    ]),
  );
  const flat = new Float64Array(masks).fill(1e6);
  return {
    masks: Array.from({ length: masks }, (_, mask) => mask),
    ...{ independent, squares, slotSquares: squares, climatology: { squares: flat, slotSquares: flat } },
    scales: new Float64Array(masks).fill(1),
    scores: [],
  };
}

describe('the choice of a method', () => {
  it('is the one with the smallest error, be it by little', () => {
    const normal = normalOf(1);
    const errors = Array.from({ length: 40 }, () => 10 + normal());
    const by = (share: number) => ({
      'slot-mean-4': (at: number) => errors[at]!,
      'profile-level': (at: number) => errors[at]! * share,
    });
    expect(chooseMethod(errorsOf(40, by(0.99)))).toBe('profile-level');
    expect(chooseMethod(errorsOf(40, by(1.01)))).toBe('slot-mean-4');
  });

  it('is the baseline where masks overlap so much that few tell', () => {
    const by = { 'slot-mean-4': () => 10, 'profile-level': (at: number) => (at % 4 === 0 ? 11 : 8.5) };
    expect(chooseMethod(errorsOf(40, by, 8))).toBe('profile-level');
    expect(chooseMethod(errorsOf(40, by, 7))).toBe('slot-mean-4');
  });

  it('is a steady baseline unless another is clearly better', () => {
    const normal = normalOf(2);
    const by = (share: number) => ({
      'level-changes-4': (at: number) => 10 + (at % 3),
      'level-changes-all': (at: number) => (10 + (at % 3)) * share + normal(),
    });
    expect(chooseFrom(errorsOf(40, by(0.99)), 'level-changes-4')).toBe('level-changes-4');
    expect(chooseFrom(errorsOf(40, by(0.7)), 'level-changes-4')).toBe('level-changes-all');
  });

  it('is the best of several that are', () => {
    const by = {
      'slot-mean-4': () => 10,
      'slot-mean-8': (at: number) => 6 + (at % 2),
      'profile-level': (at: number) => 4 + (at % 2),
    };
    expect(chooseMethod(errorsOf(40, by))).toBe('profile-level');
  });

  it('is not compared with fewer than 40 masks', () => {
    expect(chooseMethod(errorsOf(39, { 'slot-mean-4': () => 10, 'profile-level': (at) => 1 + (at % 2) }))).toBe(
      'slot-mean-4',
    );
  });

  it('is nothing that could not fill every mask', () => {
    const by = { 'slot-mean-4': () => 10, 'profile-level': (at: number) => (at === 3 ? NaN : 1) };
    expect(chooseMethod(errorsOf(40, by))).toBe('slot-mean-4');
    expect(chooseMethod(errorsOf(40, { 'slot-mean-4': () => NaN, 'profile-level': () => 1 }))).toBe('profile-level');
    expect(chooseMethod(errorsOf(40, { 'slot-mean-4': () => NaN }))).toBeNull();
  });

  it('does not go to one that fills the slots worse', () => {
    const errors = errorsOf(40, { 'slot-mean-4': () => 10, 'local-mean': (at) => 5 + (at % 2) });
    const slotSquares = new Map<MethodName, Float64Array>([
      ['slot-mean-4', new Float64Array(40).fill(1)],
      ['local-mean', new Float64Array(40).fill(2)],
    ]);
    expect(chooseMethod({ ...errors, slotSquares })).toBe('slot-mean-4');
  });

  it('leaves a baseline that the mean of everything beats for the best that it does not', () => {
    const errors = errorsOf(40, { 'slot-mean-4': () => 10, 'slot-mean-8': () => 9.9, 'profile-level': () => 9.8 });
    const flat = new Float64Array(40).fill(9.95 ** 2);
    const squares = { ...errors, climatology: { squares: flat, slotSquares: flat } };
    expect(chooseMethod(squares)).toBe('profile-level');
  });
});
