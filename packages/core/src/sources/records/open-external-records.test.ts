import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { ExternalRecord } from '../../model/records/external-record.js';
import type { ExternalMapping } from './external-mapping.js';
import { openExternalRecords } from './open-external-records.js';
import { amountParser } from './parse-amount.js';
import { timeForm } from './time-form.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-records-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const mapping: ExternalMapping = {
  id: { column: 'ref', optional: true },
  key: 'account',
  time: { column: 'booked', form: 'DD.MM.YYYY HH:mm', zone: 'Europe/Berlin' },
  amount: { column: 'amount', decimal: 'comma', thousands: '.' },
  type: { column: 'kind', names: { Gutschrift: 'paid' } },
  reversal: { column: 'kind', is: ['Storno'] },
};

async function read(row: string, changed: Partial<ExternalMapping> = {}): Promise<readonly ExternalRecord[]> {
  const file = join(folder, 'bank.csv');
  writeFileSync(file, `ref;account;booked;amount;kind\n${row}\n`);
  const input = { kind: 'file', file, format: 'csv', delimiter: ';' } as const;
  const records: ExternalRecord[] = [];
  for await (const batch of (await openExternalRecords(input, { ...mapping, ...changed })).read())
    records.push(...batch);
  return records;
}

describe('rows of another system', () => {
  it('become records, with exact amounts and times of their zone', async () => {
    expect(await read('r1;DE1;02.07.2026 10:30;1.234,50;Gutschrift')).toEqual([
      {
        seq: 0,
        id: 'r1',
        key: 'DE1',
        time: Date.UTC(2026, 6, 2, 8, 30),
        amount: '1234.5',
        type: 'paid',
        reversal: false,
      },
    ]);
    const [storno] = await read(';DE1;02.01.2026 10:30;-90071992547409931234,01;Storno');
    expect(storno).toMatchObject({ id: null, amount: '-90071992547409931234.01', type: 'Storno', reversal: true });
    expect(storno?.time).toBe(Date.UTC(2026, 0, 2, 9, 30));
    const [negative] = await read('r;DE1;02.01.2026 10:30;-1,00;x', { reversal: 'negative' });
    expect(negative?.reversal).toBe(true);
  });

  it.each([
    ['a decimal point for a comma', 'r;a;02.01.2026 10:30;1234.50;x', /"amount" holds .* decimal comma/],
    ['thousands where they cannot be', 'r;a;02.01.2026 10:30;12.34,50;x', /"amount"/],
    ['a currency', 'r;a;02.01.2026 10:30;12,50 EUR;x', /"amount"/],
    ['no amount', 'r;a;02.01.2026 10:30;;x', /"amount" is empty/],
    ['no key', 'r;;02.01.2026 10:30;1,00;x', /"account" is empty/],
    ['no time', 'r;a;;1,00;x', /"booked" is empty/],
    ['month and day exchanged', 'r;a;01.13.2026 10:30;1,00;x', /"booked" holds/],
    ['another form of time', 'r;a;2026-01-02 10:30;1,00;x', /"booked" holds .* DD\.MM\.YYYY HH:mm/],
    ['an hour that clocks show twice', 'r;a;25.10.2026 02:30;1,00;x', /Europe\/Berlin show once/],
  ])('are refused with %s, and named', async (_, row, message) => {
    await expect(read(row)).rejects.toMatchObject({
      code: 'invalid-field',
      message: expect.stringMatching(message) as unknown,
    });
    await expect(read(row)).rejects.toThrow(/bank\.csv, row 1/);
  });

  it('never read digits as a number of the other form: 1.234 is no amount with a decimal point and thousands', async () => {
    // What cannot be told from the digits alone is told by the factor against the events.
    expect((await read('r;a;02.01.2026 10:30;1.234;x'))[0]?.amount).toBe('1234');
    await expect(read('r;a;02.01.2026 10:30;1,234.50;x')).rejects.toThrow(/"amount"/);
  });

  it('refuse a mapping of columns that are not there, also where there is no row', async () => {
    await expect(read('r;a;02.01.2026 10:30;1,00;x', { key: 'acount' })).rejects.toThrow(/no column "acount"/);
    await expect(read('', { key: 'acount' })).rejects.toThrow(/no column "acount"/);
  });

  it('refuse a mapping that contradicts itself', async () => {
    await expect(read('', { amount: { column: 'amount', thousands: '.' } })).rejects.toThrow(/both between thousands/);
    await expect(read('', { time: { column: 'booked', form: 'DD.MM.YY' } })).rejects.toThrow(/no form of a time/);
    await expect(read('', { time: { column: 'booked', zone: 'Berlin' } })).rejects.toThrow(/no time zone/);
  });
});

test('amounts have a sign in front or behind', () => {
  const parse = amountParser('comma', null);
  expect(['12,5', '+12,50', '-12,5', '\u221212,5', '12,5-', ' 12 '].map(parse)).toEqual([
    '12.5',
    '12.5',
    '-12.5',
    '-12.5',
    '-12.5',
    '12',
  ]);
  expect(['-12,5-', '12.5', '1 000', '', ',5', '12,', 'x'].map(parse)).toEqual(Array<null>(7).fill(null));
  expect([0.1, -3, 1e21, true, null].map(parse)).toEqual(['0.1', '-3', '1000000000000000000000', null, null]);
});

test('a blank between thousands is any that looks like one, and only where thousands are', () => {
  const parse = amountParser('comma', ' ');
  expect(['1 234,50', '1\u00a0234,50', '1\u202f234\u202f567,5', '-1\u2009234'].map(parse)).toEqual([
    ...['1234.5', '1234.5', '1234567.5', '-1234'],
  ]);
  expect(['1 23,50', '1\u2003234', '1.234,50', '12  345'].map(parse)).toEqual(Array<null>(4).fill(null));
});

test('forms of times', () => {
  expect(timeForm('MM/DD/YYYY')?.('07/04/2026')).toBe('2026-07-04');
  expect(timeForm('DD.MM.YYYY HH:mm:ss')?.('04.07.2026 01:02:03')).toBe('2026-07-04T01:02:03');
  expect(timeForm('YYYYMMDD')?.('20260704')).toBe('2026-07-04');
  expect(timeForm('DD.MM.YYYY')?.('4.7.2026')).toBeNull();
  for (const form of ['', 'MM/DD', 'DD.DD.YYYY', 'YYYY-MM-DD mm', 'YYYY-MM-DDTHH:mm'])
    expect(timeForm(form)).toBeNull();
});
