import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { describeRowSourceContract } from '../../testing/row-source-contract.js';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { codeOf } from '../../testing/test-framework.js';
import { parquetRows, type ParquetRowOptions } from './parquet-rows.js';
import type { RowConversions } from './row-source.js';

const folder = scratchFolder();
afterAll(() => folder.remove());
const framework = { describe, it, expect };

function write(columnData: ColumnSource[], options: object = {}): string {
  return folder.file('case.parquet', new Uint8Array(parquetWriteBuffer({ columnData, ...options })));
}

for (const [name, options, read] of [
  ['one row group', {}, {}],
  ['small row groups and batches', { rowGroupSize: 7 }, { batchRows: 3 }],
  ['spans of an indexed row group', { offsetIndex: true, pageSize: 200 }, { batchRows: 5, spanRows: 11 }],
] as const) {
  describeRowSourceContract(framework, `Parquet, ${name}`, async (rows) => {
    const names = Object.keys(rows[0] ?? { id: '' });
    const columns = names.map((column) => ({
      name: column,
      data: rows.map((row) => row[column]),
      type: 'STRING' as const,
    }));
    return { source: await parquetRows(write(columns, options), read) };
  });
}

async function readAll(
  file: string,
  options: ParquetRowOptions = {},
): Promise<{ values: unknown[]; conversions: RowConversions }> {
  const reader = (await parquetRows(file, options)).open();
  const values: unknown[] = [];
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) values.push(...batch.values);
  return { values, conversions: reader.conversions };
}

describe('parquetRows', () => {
  it('makes plain JSON data of every type, and counts what it had to change', async () => {
    const file = write([
      { name: 'time', data: [new Date(1_000_000_000_123), new Date(-1), null], type: 'TIMESTAMP' },
      { name: 'small', data: [1, -2, null], type: 'INT32' },
      { name: 'large', data: [5n, -(2n ** 53n - 1n), 2n ** 60n], type: 'INT64' },
      { name: 'ratio', data: [0.1, NaN, Infinity], type: 'DOUBLE' },
      { name: 'flag', data: [true, false, null], type: 'BOOLEAN' },
      { name: 'bytes', data: [Uint8Array.of(0xff, 1), Uint8Array.of(0x61), null], type: 'BYTE_ARRAY' },
      { name: 'data', data: [{ a: 1 }, [1, 'x'], null], type: 'JSON' },
    ]);
    const { values, conversions } = await readAll(file);
    expect(values).toEqual([
      { time: 1_000_000_000_123, small: 1, large: 5, ratio: 0.1, flag: true, bytes: '/wE=', data: { a: 1 } },
      { time: -1, small: -2, large: -9007199254740991, ratio: null, flag: false, bytes: 'a', data: [1, 'x'] },
      { time: null, small: null, large: '1152921504606846976', ratio: null, flag: null, bytes: null, data: null },
    ]);
    expect(conversions).toEqual({ bigIntegersAsText: 1, binaryAsBase64: 1, nonFiniteAsNull: 2 });
  });

  it('gives cents as they were written', async () => {
    const cents = [57, 110, 1999, -57, 0];
    const file = folder.file(
      'case.parquet',
      new Uint8Array(
        parquetWriteBuffer({
          schema: [
            { name: 'root', num_children: 1 },
            {
              name: 'amount',
              type: 'INT32',
              converted_type: 'DECIMAL',
              scale: 2,
              precision: 9,
              repetition_type: 'REQUIRED',
            },
          ],
          columnData: [{ name: 'amount', data: cents.map((amount) => amount / 100) }],
        }),
      ),
    );
    expect((await readAll(file)).values).toEqual(cents.map((amount) => ({ amount: amount / 100 })));
  });

  it('gives back what was written, wherever groups, spans and batches end', async () => {
    const row = fc.record({
      a: fc.option(fc.integer()),
      b: fc.option(fc.string({ unit: 'binary' })),
      c: fc.option(fc.boolean()),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        async (rows, rowGroupSize, spanRows, offsetIndex) => {
          const file = write(
            [
              { name: 'a', data: rows.map(({ a }) => a), type: 'DOUBLE' },
              { name: 'b', data: rows.map(({ b }) => b), type: 'STRING' },
              { name: 'c', data: rows.map(({ c }) => c), type: 'BOOLEAN' },
            ],
            { rowGroupSize, pageSize: 16, offsetIndex },
          );
          const { values } = await readAll(file, { spanRows, batchRows: 4 });
          expect(values).toEqual(rows.map(({ a, b, c }) => ({ a: Object.is(a, -0) ? 0 : a, b, c })));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tells a cut, damaged or other file', async () => {
    const whole = parquetWriteBuffer({
      columnData: [{ name: 'a', data: Array.from({ length: 500 }, (_, n) => `text ${n}`) }],
    });
    const bytes = new Uint8Array(whole);
    const cut = folder.file('cut.parquet', bytes.subarray(0, bytes.length - 20));
    const other = folder.file('other.parquet', 'a,b\n1,2\n');
    const empty = folder.file('empty.parquet', '');
    const flipped = Uint8Array.from(bytes);
    flipped[40] = (flipped[40] ?? 0) ^ 0xff;
    for (const file of [cut, other, empty]) expect(await codeOf(() => readAll(file))).toBe('unreadable-row');
    expect(await codeOf(() => readAll(folder.file('missing.parquet')))).toBe('file-unavailable');
  });
});
