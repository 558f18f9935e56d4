import { expect, test } from 'vitest';
import type { Booking } from './booking.js';
import type { Bridge } from './bridge.js';
import { missingAmount, type PeriodWithGap } from './missing-amount.js';
import { money, sumMoney } from './money.js';
import { checkDefinition, type KnownPeriod } from './total-definition.js';

const definition = { adds: ['sale'], subtracts: ['fee'] };
const euros = (amount: string) => money(amount, 'EUR');

function bookings(...lines: readonly (readonly [type: string, amount: string])[]): readonly Booking[] {
  return lines.map(([type, amount], at) => ({ id: null, key: null, time: at, type, amount: euros(amount) }));
}

/** Twelve months of which the total is the sales minus the fees, plus a residual. */
function months(residual: (month: number) => string): readonly KnownPeriod[] {
  return Array.from({ length: 12 }, (_, month) => {
    const lines = bookings(['sale', `${1200 + month}.37`], ['sale', '89.90'], ['fee', '12.45'], ['refund', '-7.00']);
    const total = sumMoney(
      [euros(`${1200 + month}.37`), euros('89.90'), euros('-12.45'), euros(residual(month))],
      'EUR',
    );
    return { name: `2025-${month + 1}`, total, bookings: lines };
  });
}

function november(more: Partial<PeriodWithGap> = {}): PeriodWithGap {
  return {
    opening: euros('0'),
    closing: euros('41230.17'),
    survived: bookings(['sale', '38000.20'], ['fee', '119.99'], ['refund', '-50.00']),
    definition,
    check: checkDefinition(
      definition,
      months(() => '0'),
    ),
    ...more,
  };
}

function addsUp(bridge: Bridge): boolean {
  const steps = bridge.slice(0, -1).map(({ amount }) => amount);
  return sumMoney(steps, 'EUR').amount === bridge.at(-1)!.amount.amount;
}

test('what a total leaves is exact where its definition held in twelve months to the cent', () => {
  const result = missingAmount(november());
  expect(result).toMatchObject({ status: 'exact', missing: { amount: '3349.96', currency: 'EUR' } });
  expect(result.bridge.map(({ kind, amount }) => [kind, amount.amount])).toEqual([
    ['opening', '0'],
    ['survived', '37880.21'],
    ['missing', '3349.96'],
    ['closing', '41230.17'],
  ]);
  expect(addsUp(result.bridge)).toBe(true);
});

test('balances at both ends are a total', () => {
  const result = missingAmount(november({ opening: euros('1000.00'), closing: euros('42230.17') }));
  expect(result).toMatchObject({ status: 'exact', missing: { amount: '3349.96' } });
  expect(addsUp(result.bridge)).toBe(true);
});

test('one cent off in one month is not exact, and is refused unless it is put up with', () => {
  const check = checkDefinition(
    definition,
    months((month) => (month === 7 ? '0.01' : '0')),
  );
  expect(check.outcome).toBe('varying-residual');
  const refused = missingAmount(november({ check }));
  expect(refused).toMatchObject({
    status: 'refused',
    reason: { code: 'definition-fails', widest: { amount: '0.01' } },
  });
  const accepted = missingAmount(november({ check, within: euros('0.01') }));
  expect(accepted).toMatchObject({ status: 'bounded', low: { amount: '3349.95' }, high: { amount: '3349.96' } });
});

test('a monthly charge that is no booking is a constant residual, and the amount is not called exact', () => {
  const check = checkDefinition(
    definition,
    months(() => '-4.90'),
  );
  expect(check).toMatchObject({
    outcome: 'constant-residual',
    smallest: { amount: '-4.9' },
    largest: { amount: '-4.9' },
  });
  expect(missingAmount(november({ check }))).toMatchObject({ status: 'refused' });
  expect(missingAmount(november({ check, within: euros('5') }))).toMatchObject({
    status: 'bounded',
    low: { amount: '3354.86' },
    high: { amount: '3354.86' },
  });
});

test('a definition that was held against two periods only is unchecked', () => {
  const check = checkDefinition(definition, months(() => '0').slice(0, 2));
  expect(missingAmount(november({ check }))).toMatchObject({
    status: 'refused',
    reason: { code: 'definition-unchecked', periods: 2, needed: 3 },
  });
  const twin = checkDefinition(definition, months(() => '0').slice(0, 3));
  expect(missingAmount(november({ check: twin })).status).toBe('exact');
});

test('a wrong definition is refused with the figures of every month', () => {
  const wrong = { adds: ['sale'] };
  const check = checkDefinition(
    wrong,
    months((month) => (month % 2 === 0 ? '0' : '0.10')),
  );
  const result = missingAmount(november({ definition: wrong, check, within: euros('12.40') }));
  expect(result).toMatchObject({
    status: 'refused',
    reason: { code: 'definition-fails', widest: { amount: '12.45' } },
  });
  const { reason } = result as { reason: { periods: readonly { residual: { amount: string } }[] } };
  expect(reason.periods.map(({ residual }) => residual.amount).slice(0, 2)).toEqual(['-12.45', '-12.35']);
});

test('more than the total cannot have survived where nothing is below zero', () => {
  const closing = euros('37880.20');
  expect(missingAmount(november({ closing, isNonNegative: true }))).toMatchObject({
    status: 'refused',
    reason: { code: 'below-zero', missing: { amount: '-0.01' } },
  });
  expect(missingAmount(november({ closing }))).toMatchObject({ status: 'exact', missing: { amount: '-0.01' } });
  expect(missingAmount(november({ closing: euros('37880.21'), isNonNegative: true })).status).toBe('exact');
});
