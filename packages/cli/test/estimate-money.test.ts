import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorDocument } from '../src/documents/error-document.js';
import { estimateDocument } from '../src/documents/estimate-document.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder = '';
let remove = (): void => undefined;
beforeAll(() => {
  remove = temporaryFolder((path) => (folder = path));
  writeShop();
});
afterAll(() => remove());

const dayMs = 86_400_000;
const shop = { lost: 0, closing: 0, opening: 0, sold: new Map<string, number>() };

/** 1 234,56 with a narrow no-break space, as spreadsheets write it. */
function german(cents: number): string {
  const text = (Math.abs(cents) / 100).toFixed(2).replace('.', ',');
  return (cents < 0 ? '−' : '') + text.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

const write = (name: string, lines: readonly string[], end = '\n') =>
  writeFileSync(join(folder, name), lines.join(end));

/** A shop that sells by card and refunds some; its books lack 3 to 5 November, its bank has them a day later at times, and a charge each month. */
function writeShop(): void {
  let state = 7;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const books = ['booked;reference;kind;amount;note'];
  const bank = ['\uFEFFBuchungstag;Referenz;Art;Betrag'];
  const totals = ['period;total'];
  const date = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const shown = (time: number): string => date(time).split('-').reverse().join('.');
  let [balance, sum, month] = [1_000_000, 0, '2026-07'];
  for (let n = 0; n <= 153; n++) {
    const time = Date.UTC(2026, 6, 1) + n * dayMs;
    if (!date(time).startsWith(month)) {
      bank.push(`${shown(time - dayMs)};;Gebühr;${german(-490)}`);
      balance -= 490;
      totals.push(`${month};${german(sum)}`);
      [month, sum] = [date(time).slice(0, 7), 0];
      if (month === '2026-11') shop.opening = balance;
      if (month === '2026-12') break;
    }
    const weekday = [1, 0.95, 1, 1.05, 1.3, 1.6, 0.6][(new Date(time).getUTCDay() + 6) % 7]!;
    const many = Math.round(6 * weekday * (0.9 + 0.2 * random()));
    for (let k = 0; k < many; k++) {
      const isRefund = random() < 0.04;
      const cents = Math.round((isRefund ? -1 : 1) * (500 + 400_000 * random() ** 3));
      const isLost = date(time) >= '2026-11-03' && date(time) < '2026-11-06';
      [sum, balance] = [sum + cents, balance + cents];
      if (!isRefund) shop.sold.set(month, (shop.sold.get(month) ?? 0) + cents);
      if (isLost) shop.lost += cents;
      else books.push(`${shown(time)};R${n}-${k};${isRefund ? 'refund' : 'sale'};${german(cents)};=SUM(D1:D9)`);
      const isLate = random() < 0.3 && k > 0 && date(time + dayMs).startsWith(month);
      bank.push(
        `${shown(time + (isLate ? dayMs : 0))};${random() < 0.9 ? `R${n}-${k}` : ''};${isRefund ? 'Storno' : 'Karte'};${german(cents)}`,
      );
    }
  }
  shop.closing = balance;
  write('books.csv', books, '\r\n');
  write('bank.csv', bank, '\r\n');
  write('totals.csv', totals);
}

const ours = [
  ...['books.csv', '--time', 'booked', '--time-form', 'DD.MM.YYYY', '--value', 'amount', '--rows', 'events'],
  ...['--delimiter', ';', '--decimal', 'comma', '--thousands', ' ', '--id', 'reference', '--currency', 'EUR'],
  ...['--from', '2026-11-03', '--to', '2026-11-06'],
];
const theirs = [
  ...['--against', 'bank.csv', '--against-time', 'Buchungstag', '--against-value', 'Betrag'],
  ...['--against-id', 'Referenz', '--against-type', 'Art', '--fees', 'Gebühr'],
];
const totals = ['--totals', 'totals.csv'];
const run = (...words: string[]) => runEventmend(folder, ['estimate', ...words]);

async function documentOf(...words: string[]) {
  const { out, err, code } = await run(...words, '--json');
  expect(err).toBe('');
  return { code, ...estimateDocument.parse(JSON.parse(out)) };
}

async function errorOf(...words: string[]) {
  const { out, code } = await run(...words, '--json');
  return { exit: code, ...errorDocument.parse(JSON.parse(out)).error };
}

const digits = (cents: number): string => String(cents / 100);

describe('a bank and monthly totals', () => {
  it('give the number, its interval and both bridges in one command', async () => {
    const balances = ['--opening', german(shop.opening), '--closing', german(shop.closing)];
    const { code, money, result } = await documentOf(...ours, ...totals, ...theirs, ...balances);
    expect(code).toBe(0);
    expect(money?.totals).toMatchObject({
      amount: { status: 'exact', amount: digits(shop.lost), of: ['2026-11 (totals.csv)'] },
      check: { outcome: 'holds', periods: [{ name: '2026-07' }, {}, {}, { name: '2026-10' }] },
      contradiction: [],
    });
    const fitted = money!.totals!.fitted!.reduce((sum, { estimate }) => sum + estimate, 0);
    expect(fitted).toBeCloseTo(shop.lost / 100, 6);
    const kinds = money!.against!.theirs.map(({ kind }) => kind);
    expect(kinds).toEqual(['opening', 'matched', 'difference', 'timing', 'fees', 'only-theirs', 'residual', 'closing']);
    expect(money!.against).toMatchObject({
      ofGap: { amount: digits(shop.lost) },
      ...{ residual: '0', onlyOurs: [], isClosingKnown: true },
    });
    expect(money!.against!.theirs.find(({ kind }) => kind === 'fees')).toMatchObject({ amount: '-4.9', bookings: 1 });
    if (result?.status !== 'estimated') throw new Error('refused');
    expect(result.intervals).toHaveLength(3);
    // Nothing that is estimated is called exact.
    expect(JSON.stringify(result)).not.toContain('exact');
  });

  it('are told in words that fit 80 columns', async () => {
    const { out } = await run(...ours, ...totals, ...theirs);
    for (const words of [
      'follows from 2026-11 (totals.csv)',
      'to the last digit',
      'matched on both sides',
      'only theirs',
    ])
      expect(out).toContain(words);
    expect(out).toContain('which is what the totals leave');
    for (const line of out.split('\n').filter((of) => !of.startsWith('Next:')))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it('that cannot hold together are named, and nothing is made of any of them', async () => {
    const { money, code } = await documentOf(...ours, ...totals, '--total', '2026-11=1,00');
    expect(code).toBe(0);
    expect(money?.totals?.amount).toEqual({ status: 'contradicting' });
    expect(money?.totals?.contradiction.map((name) => name.replace(/:.*/, ''))).toEqual([
      '2026-11 (--total)',
      '2026-11 (totals.csv)',
    ]);
  });

  it('one total alone says what it would leave, and that nobody checked what it is made of', async () => {
    const { money } = await documentOf(...ours, '--total', '2026-11=189 324,97');
    expect(money?.totals).toMatchObject({
      amount: { status: 'unknown' },
      periods: [{ status: 'refused', reason: { code: 'definition-unchecked' } }],
    });
  });

  it('whose rows are not what they add up is refused until types say which', async () => {
    write('sales-only.csv', ['period;total', ...[...shop.sold].map(([month, cents]) => `${month};${german(cents)}`)]);
    const words = [...ours, '--totals', 'sales-only.csv', '--type', 'kind'];
    const refused = await documentOf(...words);
    expect(refused.money?.totals?.periods).toMatchObject([{ status: 'refused', reason: { code: 'definition-fails' } }]);
    const { money } = await documentOf(...words, '--adds', 'sale');
    expect(money?.totals?.check.outcome).toBe('holds');
    expect(money?.totals?.amount.status).toBe('exact');
  });

  it('where history says nothing the totals still do', async () => {
    const { result, money, code } = await documentOf(...ours, ...totals, '--max-width', '0.1 %');
    expect(code).toBe(0);
    expect([result?.status, money?.totals?.amount.status]).toEqual(['refused', 'exact']);
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [string, readonly string[], string, number])[] = [
    ['no currency', [...ours.filter((word) => word !== '--currency' && word !== 'EUR'), ...totals], 'EM1001', 2],
    ['a currency that is none', [...ours.map((word) => (word === 'EUR' ? '€' : word)), ...totals], 'EM7101', 1],
    ['a currency alone', ours, 'EM1001', 2],
    ['a total without an amount', [...ours, '--total', '2026-11'], 'EM1001', 2],
    ['a period that is none', [...ours, '--total', '2026-13=1,00'], 'EM1001', 2],
    ['a decimal point where a comma is', [...ours, '--total', '2026-11=1.50'], 'EM1001', 2],
    ['keys', [...ours, ...totals, '--by', 'kind'], 'EM1001', 2],
    ['fees of no other side', [...ours, ...totals, '--fees', 'x'], 'EM1001', 2],
    ['types without a column', [...ours, ...totals, '--adds', 'sale'], 'EM1001', 2],
    ['days that are none', [...ours, ...theirs, '--days-apart', 'few'], 'EM1001', 2],
    ['a formula as an amount', [...ours.map((word) => (word === 'amount' ? 'note' : word)), ...totals], 'EM2008', 1],
    ['totals without their column', [...ours, ...totals, '--totals-value', 'sum'], 'EM2008', 1],
    ['a bank that is not there', [...ours, '--against', 'nowhere.csv'], 'EM1003', 2],
  ];
  it.each(cases)('%s', async (_, words, code, exit) => {
    expect(await errorOf(...words)).toMatchObject({ code, exit });
  });

  it('one id with two contents is named', async () => {
    write('twice.csv', [
      'booked;reference;kind;amount',
      '01.07.2026;a;sale;1,00',
      '02.07.2026;a;sale;2,00',
      '30.11.2026;b;sale;1,00',
    ]);
    expect(await errorOf('twice.csv', ...ours.slice(1), ...totals)).toMatchObject({ code: 'EM7103' });
  });
});
