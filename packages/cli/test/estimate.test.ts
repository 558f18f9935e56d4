import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimateDocument } from '../src/documents/estimate-document.js';
import { errorDocument } from '../src/documents/error-document.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder = '';
let remove = (): void => undefined;
beforeAll(() => {
  remove = temporaryFolder((path) => (folder = path));
});
afterAll(() => remove());

const week = [1, 0.95, 1, 1.05, 1.3, 1.6, 0.6];
const dayMs = 86_400_000;
const first = Date.UTC(2026, 6, 15);

interface Sale {
  readonly date: string;
  readonly revenue: number;
}

/** Days of a shop from 15 July 2026 on, without 3 to 5 November. */
function sales(days = 120): readonly Sale[] {
  return Array.from({ length: days }, (_, n) => {
    const day = new Date(first + n * dayMs);
    const noise = 0.95 + ((n * 37) % 101) / 1000;
    return {
      date: day.toISOString().slice(0, 10),
      revenue: Math.round(1_200_000 * week[(day.getUTCDay() + 6) % 7]! * noise) / 100,
    };
  }).filter(({ date }) => date < '2026-11-03' || date > '2026-11-05');
}

function write(name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), lines.join('\n'));
  return name;
}

const csv = (rows: readonly Sale[], change: (line: string, index: number) => string = (line) => line) => [
  'day,revenue',
  ...rows.map(({ date, revenue }, index) => change(`${date},${revenue.toFixed(2)}`, index)),
];

const gap = ['--from', '2026-11-03', '--to', '2026-11-06'];
const columns = ['--time', 'day', '--value', 'revenue'];
const run = (...words: string[]) => runEventmend(folder, ['estimate', ...words]);

async function documentOf(...words: string[]) {
  const { out, code } = await run(...words, '--json');
  return { code, ...estimateDocument.parse(JSON.parse(out)) };
}

async function errorOf(...words: string[]) {
  const { out, code } = await run(...words, '--json');
  return { exit: code, ...errorDocument.parse(JSON.parse(out)).error };
}

describe('estimate', () => {
  it('answers one question over a table, in words that fit 80 columns', async () => {
    const file = write('sales.csv', csv(sales()));
    const { out, code } = await run(file, ...columns, ...gap);
    expect(code).toBe(0);
    expect(out).toContain('Lost revenue, 2026-11-03 to 2026-11-05 (3 days)');
    expect(out).toMatch(/ {2}3[56],\d{3} {3}90 %: 3\d,\d{2}0 to 3\d,\d{2}0 {3}95 %: /);
    for (const word of ['fidelity', 'interpolated', 'method', 'backtest', 'assumes', 'no holiday'])
      expect(out).toContain(word);
    expect(out).toContain('Next: eventmend estimate sales.csv --time day --value revenue --from 2026-11-03');
    for (const line of out.split('\n').filter((of) => !of.startsWith('Next:')))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it('gives everything as one document', async () => {
    const { code, result, subject } = await documentOf(write('s.csv', csv(sales())), ...columns, ...gap);
    expect(code).toBe(0);
    expect(subject).toMatchObject({ value: 'revenue', measure: 'sum', step: 'day', zone: 'UTC', by: null });
    if (result?.status !== 'estimated') throw new Error('refused');
    expect(Math.abs(result.estimate / 36_000 - 1)).toBeLessThan(0.05);
    expect(result.path).toHaveLength(3);
    expect(result.backtest.scores.length).toBeGreaterThan(5);
    expect(result.data).toMatchObject({ slots: 3, known: 117, season: 7 });
  });

  it('is refused with a reason, what would help, and exit 13', async () => {
    const file = write('limit.csv', csv(sales()));
    const { out, code } = await run(file, ...columns, ...gap, '--max-width', '0.1 %');
    expect(code).toBe(13);
    expect(out).toContain('No estimate');
    expect(out).toContain('would help');
    const short = await documentOf(
      write('short.csv', csv(sales(5))),
      ...columns,
      '--from',
      '2026-07-20',
      '--to',
      '2026-07-21',
    );
    expect(short).toMatchObject({
      code: 13,
      result: { status: 'refused', reason: { code: 'too-few-seasons', known: 5 } },
    });
  });

  it('takes German CSV as it is declared, and dates by the clocks of a zone', async () => {
    const lines = sales().map(({ date, revenue }) => {
      const [whole = '', cents = ''] = revenue.toFixed(2).split('.');
      return `${date.split('-').reverse().join('.')};${whole.replace(/(\d)(?=(\d{3})+$)/g, '$1.')},${cents}`;
    });
    const file = write('umsatz.csv', ['day;revenue', ...lines]);
    const form = ['--delimiter', ';', '--time-form', 'DD.MM.YYYY'];
    expect(await errorOf(file, ...columns, ...gap, ...form)).toMatchObject({
      exit: 1,
      code: 'EM2008',
      hint: expect.stringContaining('--decimal comma'),
    });
    const declared = [...form, '--decimal', 'comma', '--thousands', '.', '--zone', 'Europe/Berlin'];
    const { result, subject } = await documentOf(file, ...columns, ...gap, ...declared);
    expect(subject.zone).toBe('Europe/Berlin');
    expect(result?.status === 'estimated' && new Date(result.data.from).toISOString()).toBe('2026-11-02T23:00:00.000Z');
  });

  it('draws an SVG that takes nothing of the table for markup, and overwrites nothing', async () => {
    const name = 'a"<script>&b';
    const file = write('names.csv', [`day,"${name.replace('"', '""')}"`, ...csv(sales()).slice(1)]);
    const words = [file, '--time', 'day', '--value', name, ...gap, '--svg', 'gap.svg'];
    expect((await run(...words)).code).toBe(0);
    const svg = readFileSync(join(folder, 'gap.svg'), 'utf8');
    expect(svg).toContain('a&quot;&lt;script&gt;&amp;b');
    expect(svg).not.toContain('<script');
    expect(svg).toContain('prefers-color-scheme: dark');
    // All that is said of it is in the picture, and nothing is drawn below its end.
    expect(svg).toMatch(/known days, \d+ missing/);
    const height = Number(/viewBox="0 0 860 (\d+)"/.exec(svg)![1]);
    for (const [, y] of svg.matchAll(/<text x="68" y="(\d+)"/g)) expect(Number(y)).toBeLessThan(height);
    expect([...svg.matchAll(/stroke="var\(--estimate\)"/g)].length).toBeGreaterThan(1);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(await errorOf(...words)).toMatchObject({ exit: 2, code: 'EM1006' });
    expect(await errorOf(file, '--time', 'day', '--value', 'revenue', ...gap, '--svg', 'other.svg')).toMatchObject({
      code: 'EM2008',
    });
    expect(existsSync(join(folder, 'other.svg'))).toBe(false);
  });

  it('tells keys apart, and sums them', async () => {
    const rows = ['ada', 'bob'].flatMap((key, at) =>
      sales().map(({ date, revenue }) => `${date},${key},${revenue * (at + 1)}`),
    );
    const file = write('keys.csv', ['day,key,revenue', ...rows]);
    const { out } = await run(file, ...columns, ...gap, '--by', 'key');
    expect(out).toMatch(/all keys {4}1\d\d,\d{3}/);
    expect(out).toMatch(/ada +3\d,\d{3}/);
    const { keys, sum } = await documentOf(file, ...columns, ...gap, '--by', 'key');
    expect(keys?.map(({ key }) => key)).toEqual(['ada', 'bob']);
    expect(sum).toMatchObject({ from: 'keys' });
    expect(await errorOf(file, ...columns, ...gap, '--by', 'key', '--svg', 'k.svg')).toMatchObject({ code: 'EM1001' });
  });

  it('counts rows that are events', async () => {
    const rows = Array.from({ length: 60 * 24 }, (_, hour) => {
      const inGap = hour >= 40 * 24 && hour < 41 * 24;
      const count = inGap ? 0 : 1 + ((hour * 7) % 3) + (hour % 24 > 8 ? 5 : 0);
      return Array.from(
        { length: count },
        (_, n) => `${new Date(first + hour * 3_600_000 + n * 1000).toISOString()},${n}`,
      );
    }).flat();
    const file = write('events.csv', ['at,n', ...rows]);
    const day = new Date(first + 40 * dayMs).toISOString().slice(0, 10);
    const next = new Date(first + 41 * dayMs).toISOString().slice(0, 10);
    const { result } = await documentOf(file, '--time', 'at', '--from', day, '--to', next, '--step', 'hour');
    if (result?.status !== 'estimated') throw new Error('refused');
    expect(Math.abs(result.estimate / 123 - 1)).toBeLessThan(0.05);
    expect(result.data.survived).toBe(24);
  });

  it('follows a covariate that knows the gap', async () => {
    const shock = (date: string) => 1 + 0.3 * Math.sin(Number(date.slice(8)) * 2.3 + Number(date.slice(5, 7)));
    const inGap = ['2026-11-03', '2026-11-04', '2026-11-05'].map((date) => ({ date, revenue: 12_000 }));
    const own = sales().map(({ date, revenue }) => ({ date, revenue: revenue * shock(date) }));
    const other = [...sales(), ...inGap].map(({ date, revenue }) => ({ date, revenue: (revenue * shock(date)) / 50 }));
    const words = [write('own.csv', csv(own)), ...columns, ...gap];
    const [plain, guided] = [
      await documentOf(...words),
      await documentOf(...words, '--covariate', write('clicks.csv', csv(other))),
    ];
    expect(plain.result).toMatchObject({ status: 'estimated' });
    expect(guided.result).toMatchObject({ status: 'estimated', method: 'covariate-ratio' });
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [string, () => string, readonly string[], string, number])[] = [
    ['no rows', () => write('b0.csv', ['day,revenue']), [], 'EM7001', 1],
    [
      'NaN',
      () =>
        write(
          'b1.csv',
          csv(sales(), (line, at) => (at === 9 ? line.replace(/,.*/, ',NaN') : line)),
        ),
      [],
      'EM2008',
      1,
    ],
    [
      'an infinity',
      () =>
        write(
          'b2.csv',
          csv(sales(), (line, at) => (at === 9 ? line.replace(/,.*/, ',Infinity') : line)),
        ),
      [],
      'EM2008',
      1,
    ],
    [
      'a formula',
      () =>
        write(
          'b3.csv',
          csv(sales(), (line, at) => (at === 9 ? line.replace(/,.*/, ',=1+1') : line)),
        ),
      [],
      'EM2008',
      1,
    ],
    ['a day twice', () => write('b4.csv', [...csv(sales()), '2026-08-01,5']), [], 'EM7001', 1],
    ['a value beyond 2^53', () => write('b5.csv', [...csv(sales()), '2026-12-01,90071992547409930']), [], 'EM7001', 1],
    ['a time that is none', () => write('b6.csv', [...csv(sales()), 'yesterday,5']), [], 'EM2008', 1],
    [
      'a negative count',
      () => write('b7.csv', [...csv(sales()), '2026-12-01,-5']),
      ['--measure', 'count'],
      'EM7001',
      1,
    ],
    ['an unknown zone', () => write('b8.csv', csv(sales())), ['--zone', 'Europe/Atlantis'], 'EM1001', 2],
    ['no column of that name', () => write('b9.csv', csv(sales())), ['--value', 'revenu'], 'EM2008', 1],
    ['no file', () => 'nowhere.csv', [], 'EM1003', 2],
    ['an ending that says nothing', () => write('b.dat', csv(sales())), [], 'EM1001', 2],
    ['half a season', () => write('b10.csv', csv(sales())), ['--season', '1.5'], 'EM1001', 2],
    ['a width that is none', () => write('b11.csv', csv(sales())), ['--max-width', 'much'], 'EM1001', 2],
    ['a holiday that is none', () => write('b12.csv', csv(sales())), ['--holidays', '2026-02-30'], 'EM1001', 2],
    ['a gap that ends before it begins', () => write('b13.csv', csv(sales())), ['--to', '2026-11-01'], 'EM1001', 2],
    ['a moment that is none', () => write('b14.csv', csv(sales())), ['--from', 'november'], 'EM1001', 2],
    [
      'a gap before everything',
      () => write('b15.csv', csv(sales())),
      ['--from', '2020-01-01', '--to', '2020-01-02'],
      'EM1001',
      2,
    ],
  ];
  it.each(cases)('%s', async (_, file, words, code, exit) => {
    expect(await errorOf(file(), ...columns, ...gap, ...words)).toMatchObject({ code, exit });
  });

  it('rows in any order, and a formula in a column that nobody asked for, are fine', async () => {
    const shuffled = csv(sales()).slice(1).reverse();
    const file = write('unsorted.csv', ['day,revenue,note', ...shuffled.map((line) => `${line},=cmd|x`)]);
    expect((await documentOf(file, ...columns, ...gap)).result?.status).toBe('estimated');
  });
});
