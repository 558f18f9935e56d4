import { expect, test } from 'vitest';
import fc from 'fast-check';
import type { Booking } from './booking.js';
import { bridgeBalances } from './bridge-balances.js';
import type { Bridge } from './bridge.js';
import { money, moneyOfMinorUnits, sumMoney } from './money.js';

const day = 86_400_000;
const period = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 11, 1) };

/** Lines as a bank writes them: id, day of November, account, amount, kind. */
function read(csv: string): readonly Booking[] {
  return csv
    .trim()
    .split('\n')
    .map((line): Booking => {
      const [id, date, key, amount, type] = line.trim().split(';') as [string, string, string, string, string];
      return { id: id || null, key, time: period.from + (Number(date) - 1) * day, type, amount: money(amount, 'EUR') };
    });
}

const linesOf = (bridge: Bridge) => Object.fromEntries(bridge.map(({ kind, amount }) => [kind, amount.amount]));

function addsUp(bridge: Bridge): boolean {
  return (
    sumMoney(
      bridge.slice(0, -1).map(({ amount }) => amount),
      'EUR',
    ).amount === bridge.at(-1)!.amount.amount
  );
}

test('a month of a bank against our books', () => {
  const ours = read(`
    a1;2;A;1200.00;deposit
    ;5;A;-49.99;withdrawal
    a3;12;A;300.10;deposit
    a4;30;A;75.00;deposit
    a5;15;A;-20.00;withdrawal`);
  const theirs = read(`
    a1;3;A;1200.00;deposit
    ;6;A;-49.99;withdrawal
    a3;12;A;300.00;deposit
    a4;31;A;75.00;deposit
    a6;18;A;-500.00;withdrawal
    a6;18;A;-500.00;withdrawal
    ;30;A;-4.90;fee`);
  const bridged = bridgeBalances({
    ...{ period, ours, theirs, within: 2 * day, fees: ['fee'] },
    opening: money('1000.00', 'EUR'),
    closing: money('1945.13', 'EUR'),
  });
  expect(linesOf(bridged.theirs)).toEqual({
    opening: '1000',
    matched: '1450.11',
    difference: '-0.1',
    timing: '0',
    fees: '-4.9',
    'only-theirs': '-500',
    residual: '0.02',
    closing: '1945.13',
  });
  expect(linesOf(bridged.ours)).toEqual({
    opening: '1000',
    matched: '1450.11',
    timing: '75',
    'only-ours': '-20',
    closing: '2505.11',
  });
  expect([bridged.repeated.length, bridged.onlyTheirs.length, bridged.onlyOurs.length]).toEqual([1, 1, 1]);
});

test('one id with two contents is an error', () => {
  const theirs = read('x;1;A;1.00;deposit\nx;1;A;2.00;deposit');
  const balances = { period, ours: [], theirs, within: 0, opening: money('0', 'EUR'), closing: money('3', 'EUR') };
  expect(() => bridgeBalances(balances)).toThrow(expect.objectContaining({ code: 'conflicting-bookings' }));
});

test('two equal bookings without ids are two, and of different keys they are none of each other', () => {
  const theirs = read(';1;A;5.00;deposit\n;1;A;5.00;deposit\n;1;B;5.00;deposit');
  const bridged = bridgeBalances({
    ...{ period, ours: read(';1;A;5.00;deposit'), theirs, within: day },
    opening: money('0', 'EUR'),
    closing: money('15', 'EUR'),
  });
  expect(linesOf(bridged.theirs)).toMatchObject({ matched: '5', 'only-theirs': '10', residual: '0' });
});

test('both bridges add up, and every booking stands in one line of its side', () => {
  const side = fc.array(
    fc.record({
      id: fc.constant(null),
      key: fc.constantFrom('A', 'B'),
      time: fc.integer({ min: period.from - 3 * day, max: period.to + 3 * day }),
      type: fc.constantFrom('deposit', 'fee'),
      amount: fc.integer({ min: -300, max: 300 }).map((cents) => moneyOfMinorUnits(cents, 'EUR')),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(side, side, fc.integer({ min: -9999, max: 9999 }), (ours, theirs, cents) => {
      const closing = moneyOfMinorUnits(cents, 'EUR');
      const bridged = bridgeBalances({
        ...{ period, ours, theirs, within: 2 * day, fees: ['fee'], closing },
        opening: money('12.34', 'EUR'),
      });
      expect([addsUp(bridged.theirs), addsUp(bridged.ours)]).toEqual([true, true]);
      const inside = (bookings: readonly Booking[]) =>
        bookings.filter(({ time }) => time >= period.from && time < period.to).length;
      const counted = (bridge: Bridge) =>
        bridge.reduce((sum, { kind, bookings }) => sum + (kind === 'difference' ? 0 : bookings), 0);
      expect([counted(bridged.theirs), counted(bridged.ours)]).toEqual([inside(theirs), inside(ours)]);
    }),
  );
});
