import { expect, test } from 'vitest';
import { fidelityOf, fidelityUnder, isBesideLog, isEstimate, isLoss, type Cause } from './provenance.js';

const genesis: Cause = { kind: 'baseline', part: 0, basis: 'genesis' };
const hole = (reason: Extract<Cause, { kind: 'hole' }>['reason']): Cause => ({
  kind: 'hole',
  topic: 'orders',
  partition: 0,
  reason,
});

test.each([
  ['missing', 'incomplete', true],
  ['damaged', 'incomplete', true],
  ['stood-in', 'external', false],
  ['interpolated', 'interpolated', false],
  ['extrapolated', 'extrapolated', false],
] as const)('a value behind a hole that is %s is %s', (reason, fidelity, lost) => {
  expect(fidelityOf([genesis, hole(reason)], { checked: true })).toBe(fidelity);
  expect([isLoss(hole(reason)), isBesideLog(hole(reason))]).toEqual([lost, true]);
});

test('of several holes the worst counts', () => {
  const of = (...reasons: Parameters<typeof hole>[0][]) => fidelityOf(reasons.map(hole), { checked: true });
  expect(of('stood-in', 'interpolated')).toBe('interpolated');
  expect(of('interpolated', 'extrapolated')).toBe('extrapolated');
  expect(of('extrapolated', 'missing')).toBe('incomplete');
});

test('an estimate on what nobody proved, or by a worker that nothing checked, is unproven: no interval tells of that', () => {
  const unproven: Cause = { kind: 'baseline', part: 0, basis: 'unproven' };
  for (const reason of ['interpolated', 'extrapolated'] as const) {
    expect(fidelityOf([unproven, hole(reason)], { checked: true })).toBe('unproven');
    expect(fidelityOf([genesis, hole(reason)], { checked: false })).toBe('unproven');
    expect(fidelityUnder('unreviewed', reason)).toBe('unproven');
    expect(fidelityUnder('reviewed', reason)).toBe(reason);
    expect(isEstimate(hole(reason))).toBe(true);
  }
  expect(fidelityOf([unproven, hole('missing')], { checked: false })).toBe('incomplete');
  expect(fidelityUnder('unreviewed', 'incomplete')).toBe('incomplete');
  expect(isEstimate(hole('stood-in'))).toBe(false);
});
