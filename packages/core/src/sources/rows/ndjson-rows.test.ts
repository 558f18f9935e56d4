import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { describeRowSourceContract } from '../../testing/row-source-contract.js';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { codeOf } from '../../testing/test-framework.js';
import { keepDigits } from '../../model/json/keep-digits.js';
import { ndjsonRows } from './ndjson-rows.js';
import type { RowSource } from './row-source.js';

const folder = scratchFolder();
afterAll(() => folder.remove());
const framework = { describe, it, expect };
const lines = (rows: readonly unknown[], end = '\n'): string => rows.map((row) => JSON.stringify(row) + end).join('');

describeRowSourceContract(framework, 'NDJSON', (rows) => ({
  source: ndjsonRows(folder.file('plain.ndjson', lines(rows))),
}));
describeRowSourceContract(framework, 'NDJSON in pieces of 7 bytes, CRLF, BOM', (rows) => ({
  source: ndjsonRows(folder.file('crlf.ndjson', `\ufeff${lines(rows, '\r\n')}`), { chunkBytes: 7 }),
}));
describeRowSourceContract(framework, 'NDJSON with empty lines, no last line end', (rows) => ({
  source: ndjsonRows(folder.file('gaps.ndjson', `\n \n${lines(rows, '\n\r\n\t\n').trimEnd()}`), { chunkBytes: 50 }),
}));
describeRowSourceContract(framework, 'NDJSON.gz of several members', (rows) => ({
  source: ndjsonRows(
    folder.file('plain.ndjson.gz', Buffer.concat([gzipSync(lines(rows.slice(0, 9))), gzipSync(lines(rows.slice(9)))])),
    { compression: 'gzip' },
  ),
}));

async function readAll(source: RowSource): Promise<{ texts: (string | null)[]; values: unknown[]; error: unknown }> {
  const texts: (string | null)[] = [];
  const values: unknown[] = [];
  const reader = source.open();
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      for (let i = 0; i < batch.count; i++) texts.push(batch.text(i));
      values.push(...batch.values);
    }
    return { texts, values, error: null };
  } catch (error) {
    return { texts, values, error };
  } finally {
    reader.close();
  }
}

function file(content: string | Uint8Array, options: Parameters<typeof ndjsonRows>[1] = {}): RowSource {
  return ndjsonRows(folder.file('case.ndjson', content), options);
}

/** Integers beyond 2^53 have tests of their own. */
const exactJson = fc.jsonValue().filter((value) => keepDigits(JSON.stringify(value)) === null);

/** A document of its own: `json-array-rows.test.ts` is about it. */
const isOneArray = (rows: readonly unknown[]): boolean =>
  rows.length === 1 && /^\[(\{|\]$)/.test(JSON.stringify(rows[0]));

describe('ndjsonRows', () => {
  it('gives the same rows and texts however the pieces fall', async () => {
    const row = fc.oneof(exactJson, fc.string({ unit: 'binary', maxLength: 50 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        async (rows, chunkBytes, end) => {
          fc.pre(!isOneArray(rows));
          const { texts, values, error } = await readAll(file(lines(rows, end), { chunkBytes }));
          expect(error).toBe(null);
          expect(texts).toEqual(rows.map((value) => JSON.stringify(value)));
          expect(JSON.stringify(values)).toBe(JSON.stringify(rows));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads on from the position behind every row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(exactJson, { maxLength: 12 }),
        fc.constantFrom('\n', '\r\n', ' \n\n'),
        async (rows, end) => {
          fc.pre(!isOneArray(rows));
          const source = file(lines(rows, end).trimEnd(), { chunkBytes: 5 });
          const reader = source.open();
          let seen = 0;
          for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
            for (let i = 0; i < batch.count; i++) {
              seen++;
              const rest = source.open(batch.positionAfter(i));
              const left: unknown[] = [];
              for (let more = await rest.next(); more !== null; more = await rest.next()) left.push(...more.values);
              expect(JSON.stringify(left)).toBe(JSON.stringify(rows.slice(seen)));
            }
          }
          expect(seen).toBe(rows.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  const good = '{"n":1}\n{"n":2}\n';
  const hostile: readonly [name: string, content: string | Uint8Array, code: string, message: RegExp][] = [
    [
      'a line cut in half at the end',
      `${good}{"n":3,"te`,
      'unreadable-row',
      /line 3 \(byte 16\): the last line is cut/,
    ],
    [
      'a character cut in half at the end',
      Buffer.concat([Buffer.from(`${good}{"n":"`), Buffer.of(0xc3)]),
      'unreadable-row',
      /line 3 \(byte 16\): the last line is cut/,
    ],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from(`${good}"`), Buffer.of(0xff), Buffer.from('"\n{"n":4}\n')]),
      'unreadable-row',
      /line 3 \(byte 16\): not valid UTF-8/,
    ],
    [
      'a surrogate written as UTF-8',
      Buffer.concat([Buffer.from(`${good}"`), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('"\n')]),
      'unreadable-row',
      /line 3 \(byte 16\): not valid UTF-8/,
    ],
    ['a line that is not JSON', `${good}n=3\n{"n":4}\n`, 'unreadable-row', /line 3 \(byte 16\): not JSON/],
    ['two values in one line', `${good}1,2\n`, 'unreadable-row', /line 3 \(byte 16\): not JSON/],
    [
      '100,000 levels',
      `${good}${'['.repeat(100_000)}${']'.repeat(100_000)}\n`,
      'size-limit-exceeded',
      /line 3 \(byte 16\): nested deeper than 1000/,
    ],
    [
      '1,001 levels',
      `${good}${'[{"a":'.repeat(500)}[1]${'}]'.repeat(500)}\n`,
      'size-limit-exceeded',
      /nested deeper than 1000/,
    ],
    [
      'a line above 16 MiB',
      `${good}"${'x'.repeat(16 * 1024 * 1024)}"\n`,
      'size-limit-exceeded',
      /line 3 \(byte 16\): longer than/,
    ],
  ];
  for (const [name, content, code, message] of hostile) {
    it(`names the place of ${name}, behind the rows in front of it`, async () => {
      for (const chunkBytes of [3, 65_536]) {
        if (chunkBytes === 3 && content.length > 300_000) continue;
        const { values, error } = await readAll(file(content, { chunkBytes }));
        expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
        expect(values).toEqual([{ n: 1 }, { n: 2 }]);
      }
    });
  }

  it('takes 1,000 levels, brackets in strings, and 16 MiB', async () => {
    const deep = '['.repeat(1000) + ']'.repeat(1000);
    const brackets = JSON.stringify('["\\'.repeat(3000));
    const large = JSON.stringify('x'.repeat(16 * 1024 * 1024 - 2));
    const { texts, error } = await readAll(file([deep, brackets, large].join('\n')));
    expect(error).toBe(null);
    expect(texts.map((text) => text?.length)).toEqual([2000, brackets.length, 16 * 1024 * 1024]);
  });

  it('does not hold 50 MB of one line before it says so', async () => {
    const source = file(Buffer.alloc(50_000_000, 'x'));
    const reader = source.open();
    expect(await codeOf(() => reader.next())).toBe('size-limit-exceeded');
    expect(reader.bytesRead).toBeLessThan(17_000_000);
    reader.close();
  });

  it('tells a cut and a damaged gzip file', async () => {
    const packed = gzipSync(lines(Array.from({ length: 2000 }, (_, n) => ({ n, text: `${n * 7919}` }))));
    const flipped = Buffer.from(packed);
    flipped[packed.length - 6] = (flipped[packed.length - 6] ?? 0) ^ 1;
    for (const content of [
      packed.subarray(0, packed.length / 2),
      packed.subarray(0, packed.length - 3),
      flipped,
      Buffer.alloc(0),
    ]) {
      const { error } = await readAll(file(content, { compression: 'gzip' }));
      expect(error).toMatchObject({ code: 'unreadable-row', message: expect.stringContaining('gzip') as string });
    }
  });

  it('carries no payload in its errors', async () => {
    const { error } = await readAll(file('{"card":"4111 1111"} secret\n'));
    expect(JSON.stringify(error) + String(error) + String((error as Error).cause)).not.toMatch(/4111|secret/);
  });

  it('refuses a position in the middle of a line, or behind the end', async () => {
    const source = file(good);
    expect(await codeOf(() => source.open({ rows: 1, lines: 1, byte: 3 }))).toBe('unreadable-row');
    expect(await codeOf(() => source.open({ rows: 1, lines: 1, byte: 100 }))).toBe('unreadable-row');
    expect(await codeOf(() => ndjsonRows(folder.file('missing.ndjson')))).toBe('file-unavailable');
    expect(await codeOf(() => ndjsonRows(folder.path))).toBe('file-unavailable');
  });
});
