import { keepDigits } from '../model/json/keep-digits.js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { thrownBy } from '../../test/worker-fixtures.js';
import { defineWorker } from './define-worker.js';
import { digestReferences, openReferenceTables } from '../sources/reference-tables/open-reference-tables.js';
import { referenceTable } from './reference-data.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'references-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const worker = defineWorker({ name: 'w', version: '1', key: () => 'a', evolve: () => 1, lookups: ['rates'] });

async function open(name: string, content: string | Uint8Array) {
  const file = join(folder, name);
  await writeFile(file, content);
  const tables = await openReferenceTables(worker, { rates: file });
  return (key: string, time: number) => tables['rates']?.at(key, time);
}

test('NDJSON rows are valid from their time on', async () => {
  const at = await open(
    'a.ndjson',
    [
      '{"key":"EUR","valid_from":"2001-01-01","value":{"rate":2}}',
      '{"key":"EUR","value":{"rate":1}}',
      '',
      '{"key":"EUR","valid_from":1000000000000,"value":{"rate":3}}\r',
      '{"key":"__proto__","valid_from":"2001-01-01T00:00:00+01:00","value":null}',
    ].join('\n'),
  );
  expect(at('EUR', -Infinity)).toEqual({ rate: 1 });
  expect(at('EUR', Date.UTC(2001, 0, 1) - 1)).toEqual({ rate: 1 });
  expect(at('EUR', Date.UTC(2001, 0, 1))).toEqual({ rate: 2 });
  expect(at('EUR', 1e12)).toEqual({ rate: 3 });
  expect(at('__proto__', Date.UTC(2000, 11, 31, 23))).toBeNull();
  expect(at('__proto__', Date.UTC(2000, 11, 31, 22))).toBeUndefined();
  expect(at('constructor', 0)).toBeUndefined();
  expect(Object.isFrozen(at('EUR', 1e12))).toBe(true);
});

test('a file that the worker does not declare is not opened', async () => {
  const file = join(folder, 'declared.ndjson');
  await writeFile(file, '{"key":"a","value":1}\n');
  const files = { rates: file, other: join(folder, 'none') };
  expect((await openReferenceTables(worker, files))['rates']?.at('a', 0)).toBe(1);
  expect(Object.keys(await digestReferences(worker, files))).toEqual(['rates']);
});

test('rows are read in every form, and a time without a zone is UTC', async () => {
  const csv = 'key\tvalid_from\tvalue\na\t2001-01-01 00:00\tx\na\t978307260000\ty\n';
  for (const [name, content] of [
    ['b.tsv', csv],
    ['b.tsv.gz', gzipSync(csv)],
  ] as const) {
    const at = await open(name, content);
    expect([at('a', 978307199999), at('a', 978307200000), at('a', 978307260000)]).toEqual([undefined, 'x', 'y']);
  }
});

test('what is written to a file is found again as of every time', async () => {
  const row = fc.record({
    key: fc.constantFrom('a', 'b', '__proto__', ''),
    time: fc.option(fc.integer({ min: -3, max: 3 }).map((day) => day * 86_400_000)),
    form: fc.constantFrom('number', 'iso', 'digits'),
    // Numbers beyond 2^53 are refused, and have tests of their own.
    value: fc.jsonValue().filter((value) => keepDigits(JSON.stringify(value)) === null),
  });
  const rows = fc.uniqueArray(row, { selector: ({ key, time }) => JSON.stringify([key, time]), maxLength: 12 });
  const written = ({ key, time, form, value }: typeof row extends fc.Arbitrary<infer Row> ? Row : never): string => {
    if (time === null) return JSON.stringify({ key, value });
    const given = { number: time, iso: new Date(time).toISOString(), digits: String(time) };
    return JSON.stringify({ key, valid_from: given[form], value });
  };
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: -4, max: 4 }), async (given, day) => {
      const at = await open('p.ndjson', given.map((one) => `${written(one)}\n`).join(''));
      for (const time of [day * 86_400_000, day * 86_400_000 - 1, -Infinity]) {
        for (const key of ['a', 'b', '__proto__', '', 'c']) {
          // A plain search from the newest to the oldest.
          const newestFirst = given
            .filter((one) => one.key === key)
            .sort((a, b) => (b.time ?? -1e15) - (a.time ?? -1e15));
          const valid = newestFirst.find((one) => one.time === null || one.time <= time);
          expect(at(key, time)).toEqual(valid === undefined ? undefined : JSON.parse(JSON.stringify(valid.value)));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('CSV values are texts', async () => {
  const at = await open('a.csv', '\uFEFFkey,valid_from,value\nEUR,,01\nEUR,2001-01-01T00:00:00Z,"a,b"\n');
  expect(at('EUR', 0)).toBe('01');
  expect(at('EUR', 978307200000)).toBe('a,b');
});

test.each([
  ['no JSON', 'x.ndjson', '{"key":"a","value":1}\n{"key":', /line 2 .*is cut/],
  ['a list', 'x.ndjson', '[1]', /line 1 .*it is not an object/],
  ['no key', 'x.ndjson', '{"value":1}', /its key is not a text/],
  ['no value', 'x.ndjson', '{"key":"a"}', /it has no value/],
  ['a mistyped field', 'x.ndjson', '{"key":"a","value":1,"validFrom":1}', /unknown field "validFrom"/],
  ['a year alone', 'x.csv', 'key,valid_from,value\na,2001,1\n', /row 1: its valid_from is no time: "2001"/],
  ['the 30th of February', 'x.csv', 'key,valid_from,value\na,2001-02-30,1\n', /valid_from is no time/],
  ['too many levels', 'x.ndjson', `{"key":"a","value":${'['.repeat(1e5)}${']'.repeat(1e5)}}\n`, /line 1 .*1000 levels/],
  ['a file that is not compressed', 'x.csv.gz', 'key,value\na,1\n', /gzip/],
  [
    'a time that is neither number nor text',
    'x.ndjson',
    '{"key":"a","value":1,"valid_from":true}',
    /valid_from is no time/,
  ],
  ['a day that is none', 'x.ndjson', '{"key":"a","value":1,"valid_from":"2001-13-01"}', /valid_from is no time/],
  ['two values at once', 'x.ndjson', '{"key":"a","value":1}\n{"key":"a","value":2}', /key "a" two values/],
  ['a broken CSV', 'x.csv', 'key,valid_from,value\n"a', /x\.csv/],
  ['a CSV without values', 'x.csv', 'key,valid_from\na,', /row 1: it has no value/],
])('%s is refused by its row', async (_, name, content, message) => {
  await expect(open(name, content)).rejects.toMatchObject({
    code: 'invalid-reference-data',
    message: expect.stringMatching(message),
  });
});

test('bytes that are not UTF-8 are refused', async () => {
  await expect(open('y.ndjson', Uint8Array.of(0x22, 0xff, 0x22, 0x0a))).rejects.toMatchObject({
    code: 'invalid-reference-data',
    message: expect.stringContaining('UTF-8'),
  });
});

test('the same row twice is no contradiction', () => {
  const row = { key: 'a', validFrom: 5, value: { x: [1] } };
  expect(referenceTable('t', [row, { ...row, value: { x: [1] } }]).at('a', 5)).toEqual({ x: [1] });
  expect(thrownBy(() => referenceTable('t', [row, { ...row, value: { x: [2] } }]))).toMatchObject({
    code: 'invalid-reference-data',
  });
});

test('missing files and changed content are named', async () => {
  const file = join(folder, 'pin.ndjson');
  await writeFile(file, '{"key":"a","value":1}\n');
  await expect(openReferenceTables(worker, {})).rejects.toMatchObject({
    code: 'invalid-reference-data',
    message: expect.stringContaining('"rates"'),
  });
  await expect(openReferenceTables(worker, { rates: join(folder, 'none') })).rejects.toMatchObject({
    code: 'invalid-reference-data',
    message: expect.stringContaining('none'),
  });
  await expect(openReferenceTables(worker, { rtaes: file })).rejects.toMatchObject({
    code: 'invalid-reference-data',
    hint: expect.stringMatching(/references: \{ rates: path \}; it names "rtaes"/),
  });
  const pins = await digestReferences(worker, { rates: file });
  expect(pins).toEqual({ rates: { location: file, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string } });
  await openReferenceTables(worker, { rates: file }, pins);
  await writeFile(file, '{"key":"a","value":2}\n');
  await expect(openReferenceTables(worker, { rates: file }, pins)).rejects.toMatchObject({
    code: 'invalid-reference-data',
    message: expect.stringContaining('changed'),
  });
});

test('the search finds what a look through all rows finds', () => {
  const time = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(-Infinity));
  fc.assert(
    fc.property(fc.uniqueArray(time, { maxLength: 8 }), time, (starts, at) => {
      const rows = starts.map((validFrom) => ({ key: 'k', validFrom, value: validFrom }));
      const expected = rows
        .filter((row) => row.validFrom <= at)
        .reduce<number | undefined>(
          (best, row) => (best === undefined || row.validFrom > best ? row.validFrom : best),
          undefined,
        );
      expect(referenceTable('t', rows).at('k', at)).toBe(expected);
    }),
  );
});
