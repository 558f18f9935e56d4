import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import type { FindingText } from '../src/render/describe-finding.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const minute = 60_000;
/** 1 March 2026, 08:00 in Berlin (07:00 UTC). */
const start = Date.UTC(2026, 2, 1, 7);

interface Payment {
  readonly n: number;
  readonly time: number;
  readonly account: string;
  readonly cents: number;
}

/** A payment every ten minutes, its amount its own: 1.234,50 and the like. */
const payments: readonly Payment[] = Array.from({ length: 120 }, (_, n) => ({
  n,
  time: start + n * 10 * minute,
  account: `DE${n % 7}`,
  cents: 123_450 + n * 7,
}));

/** The log has lost the payments 40 to 49. */
const isLost = ({ n }: Payment) => n >= 40 && n < 50;

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts',
  version: '1.0.0',
  key: ({ value }) => value.account,
  initial: () => ({ cents: 0 }),
  evolve: ({ cents }, { value }) => ({ cents: cents + value.amount_cents }),
  // Old events say euros: the records are held against what the worker makes of them.
  upcasters: [(value) => ('euros' in value ? { ...value, amount_cents: Math.round(value.euros * 100) } : value)],
});
`;

/** 1.234,50 */
function german(cents: number): string {
  const [whole = '', fraction = ''] = (cents / 100).toFixed(2).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, '.')},${fraction}`;
}

/** 01.03.2026 08:00, as clocks show it one hour ahead of UTC. */
function berlin(time: number): string {
  const [day = '', clock = ''] = new Date(time + 60 * minute).toISOString().split('T');
  return `${day.split('-').reverse().join('.')} ${clock.slice(0, 5)}`;
}

function rowOf({ time, account, cents }: Payment, late = 3 * minute): string {
  return `${berlin(time + late)};${account};"${german(cents)}"`;
}

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, name), lines.join('\n') + '\n');
}

const records = `
records:
  - name: bank
    csv: bank.csv
    delimiter: ';'
    mapping:
      key: Konto
      time: { column: Buchung, form: DD.MM.YYYY HH:mm, zone: Europe/Berlin }
      amount: { column: Betrag, decimal: comma, thousands: . }
    stands_for:
      types: payment
      match: { key: value.account, within: 5m, amount: { path: value.amount_cents, factor: 100 } }
    complete_for: payment
`;

function writeIncident(yaml: string, rows: readonly string[]): void {
  writeFileSync(join(folder, 'worker.mjs'), worker);
  write(
    'events.ndjson',
    payments
      .filter((payment) => !isLost(payment))
      .map(({ n, time, account, cents }) => {
        const amount = n < 20 ? { euros: cents / 100 } : { amount_cents: cents };
        return JSON.stringify({ offset: n, time, value: { type: 'payment', account, ...amount } });
      }),
  );
  write('bank.csv', ['Buchung;Konto;Betrag', ...rows]);
  writeFileSync(
    join(folder, 'bank.incident.yaml'),
    `format_version: 1
name: bank
worker: ./worker.mjs
log:
  ndjson: events.ndjson
  mapping: { topic: payments, offset: { column: offset }, time: { column: time, unit: milliseconds }, value: { column: value } }
${yaml}`,
  );
}

async function doctor(yaml: string, rows: readonly string[]): Promise<{ code: number | null; bank: FindingText }> {
  writeIncident(yaml, rows);
  const { out, err, code } = await runEventmend(folder, ['doctor', '--json']);
  expect(out, err).not.toBe('');
  const { findings } = publishedSchemas['doctor.output'].parse(JSON.parse(out));
  const bank = findings.find(({ resource }) => resource === 'records.bank');
  if (bank === undefined) throw new Error(`no finding about records.bank: ${out}`);
  return { code, bank };
}

const remarksOf = ({ remarks }: FindingText): string =>
  remarks.map(({ kind, text, hint, line }) => `${kind}: ${text} (${hint ?? ''}) line ${line ?? ''}`).join('\n');

describe("a bank's CSV over a log with a hole", () => {
  it('says how far they agree; what stands in the hole is no disagreement', async () => {
    // Three payments are missing there, one stands there twice, one stands only there.
    const rows = payments
      .filter(({ n }) => ![10, 70, 71].includes(n))
      .flatMap((payment) => (payment.n === 80 ? [rowOf(payment), rowOf(payment)] : [rowOf(payment)]));
    rows.splice(100, 0, rowOf({ n: 0, time: start + 905 * minute, account: 'DE1', cents: 4_200 }));
    const { code, bank } = await doctor(records, rows);
    expect([code, bank.state, remarksOf(bank)]).toEqual([0, 'usable', '']);
    expect(bank.agreement).toMatchObject({
      records: 119,
      events: 110,
      known: 108,
      matched: 103,
      // The rows of the payments beside the hole: a lost one could fit as well.
      doubtful: 2,
      missing: 3,
      twice: 1,
      onlyInRecords: 1,
      // The first and the last could be booked in front of the first row, and behind the last.
      outsidePeriod: 2,
      ambiguousEvents: 0,
      clockShifts: [],
      amountFactor: null,
    });
    expect(bank.agreement?.notComparable).toBe(10);
    expect(bank.agreement?.agreement).toBeCloseTo(103 / 108);
    expect(bank.agreement?.classes).toMatchObject([{ type: 'payment', month: '2026-03', matched: 103, doubtful: 2 }]);
    expect(bank.found).toMatch(
      /agrees with 95\.4 % \(at most 97\.2 %\) of 108 known payment events; 3 known ones are missing there; 1 stands/,
    );
    expect(bank.preview[0]).toEqual({
      place: 'row 1',
      row: '{"Buchung":"01.03.2026 08:03","Konto":"DE0","Betrag":"1.234,50"}',
      becomes: 'key "DE0", amount 1234.5, 2026-03-01T07:03:00.000Z',
    });
    expect(bank.preview.length).toBe(3);
  });

  it('shows it to people, within 80 columns', async () => {
    writeIncident(
      records,
      payments.map((payment) => rowOf(payment)),
    );
    const { out, code } = await runEventmend(folder, ['doctor']);
    expect(code).toBe(0);
    expect(out).toMatch(/records\.bank {2}usable/);
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /agrees with 98\.1 % \(at most 100 %\) of 108 known payment events; 2 have a row that a lost event could be/,
    );
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('refuses amounts that are written in another way, with the row', async () => {
    const { code, bank } = await doctor(
      records.replace(', decimal: comma, thousands: .', ''),
      payments.map((one) => rowOf(one)),
    );
    expect([code, bank.state, bank.agreement]).toEqual([16, 'unusable', undefined]);
    expect(remarksOf(bank)).toMatch(/bank\.csv, row 1: column "Betrag" holds .*decimal point.*"1\.234,50".*line 12/);
  });

  it('tells of another zone, and moves nothing', async () => {
    const { bank } = await doctor(
      records.replace(', zone: Europe/Berlin', ''),
      payments.map((one) => rowOf(one)),
    );
    expect(bank.state).toBe('doubtful');
    expect(remarksOf(bank)).toMatch(/all times are 1 h later in 2026-03 than the events/);
    expect(bank.agreement).toMatchObject({ matched: 0, clockShifts: [{ month: '2026-03', hours: 1 }] });
  });

  it('tells of another unit', async () => {
    const { bank } = await doctor(
      records.replace(', factor: 100', ''),
      payments.map((one) => rowOf(one)),
    );
    expect(remarksOf(bank)).toMatch(/with 100 in place of factor 1/);
    expect(bank.agreement).toMatchObject({ matched: 0, amountFactor: { factor: '100' } });
  });

  it('finds a column and a path that are not there', async () => {
    const rows = payments.map((one) => rowOf(one));
    const column = await doctor(records.replace('key: Konto', 'key: Kunto'), rows);
    expect([column.code, remarksOf(column.bank)]).toEqual([
      16,
      expect.stringMatching(/no column "Kunto" \(did you mean "Konto"/),
    ]);
    const path = await doctor(records.replace('value.account', 'value.acount'), rows);
    expect([path.code, remarksOf(path.bank)]).toEqual([
      16,
      expect.stringMatching(/problem: 110 of 110 events have nothing at value\.acount/),
    ]);
  });

  it('tries how the first rows become events, where rows may stand in for lost ones', async () => {
    const rows = payments.map((one) => rowOf(one));
    const asEvents = (field: string) => `${records}    use: events
    event:
      topic: payments
      value: { columns: { type: { constant: payment }, account: Konto, ${field}: { mapped: amount } } }
`;
    const right = await doctor(asEvents('amount_cents'), rows);
    expect([right.code, right.bank.state, remarksOf(right.bank)]).toEqual([0, 'usable', '']);
    const wrong = await doctor(asEvents('cents'), rows);
    expect([wrong.code, wrong.bank.state]).toEqual([16, 'unusable']);
    expect(remarksOf(wrong.bank)).toMatch(/row 1: the event that the row becomes has another amount .* line 2\d/);
  });

  it('knows every key of a declaration', async () => {
    writeIncident(records.replace('within: 5m', 'whithin: 5m'), []);
    const { err, code } = await runEventmend(folder, ['doctor']);
    expect(code).toBe(2);
    expect(err).toMatch(/whithin/);
    writeIncident(records.replace('complete_for: payment', 'complete_for: refund'), []);
    expect((await runEventmend(folder, ['doctor'])).err).toMatch(/refund, which is not under\s+stands_for\.types/);
  });
});
