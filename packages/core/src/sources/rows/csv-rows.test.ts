import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { describeRowSourceContract, type ContractRow } from '../../testing/row-source-contract.js';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { csvRows, type CsvRowOptions } from './csv-rows.js';

const folder = scratchFolder();
afterAll(() => folder.remove());
const framework = { describe, it, expect };

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function csv(rows: readonly ContractRow[], delimiter = ',', end = '\n'): string {
  const names = Object.keys(rows[0] ?? { id: '' });
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
    .map((cells) => cells.map(cell).join(delimiter) + end)
    .join('');
}

describeRowSourceContract(framework, 'CSV', (rows) => ({ source: csvRows(folder.file('plain.csv', csv(rows))) }));
describeRowSourceContract(framework, 'CSV.gz, semicolons, CRLF, BOM, in small pieces', (rows) => ({
  source: csvRows(folder.file('packed.csv.gz', gzipSync(`\ufeff${csv(rows, ';', '\r\n')}`)), {
    compression: 'gzip',
    delimiter: ';',
    chunkBytes: 11,
  }),
}));

async function readAll(
  content: string | Uint8Array,
  options: CsvRowOptions = {},
): Promise<{ values: unknown[]; error: unknown }> {
  const values: unknown[] = [];
  const reader = csvRows(folder.file('case.csv', content), options).open();
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) values.push(...batch.values);
    return { values, error: null };
  } catch (error) {
    return { values, error };
  } finally {
    reader.close();
  }
}

describe('csvRows', () => {
  it('gives back what was written, in pieces of any length', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'ü', '😀', ';', "'") });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ a: text, b: text, c: text })),
        fc.integer({ min: 1, max: 30 }),
        async (rows, chunkBytes) => {
          const { values, error } = await readAll(csv(rows.length === 0 ? [] : rows), { chunkBytes });
          expect(error).toBe(null);
          expect(values).toEqual(rows);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('takes names for a file without a header, and line ends of both kinds', async () => {
    const { values } = await readAll('1,2\r\n\n3,"4"\n5,6', { columns: ['a', 'b'] });
    expect(values).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
      { a: '5', b: '6' },
    ]);
  });

  const hostile: readonly [name: string, content: string | Uint8Array, code: string, message: RegExp][] = [
    ['a row cut in half', 'a,b\n1,2\n3,4\n5', 'unreadable-row', /line 4: .*number of fields/],
    ['a quote that is not closed', 'a,b\n1,2\n3,4\n5,"6\n', 'unreadable-row', /ends inside a quoted field/],
    ['text behind a quote', 'a,b\n1,2\n3,4\n"5"x,6\n', 'unreadable-row', /line 4: not readable as CSV/],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from('a,b\n1,2\n3,4\n'), Buffer.of(0xff, 0x2c, 0x31, 0x0a)]),
      'unreadable-row',
      /not valid UTF-8/,
    ],
    ['a field without an end', `a,b\n1,2\n3,4\n5,"${'x\n'.repeat(9_000_000)}`, 'size-limit-exceeded', /longer than/],
    ['a line above 16 MiB', `a,b\n1,2\n3,4\n5,${'x'.repeat(17_000_000)}`, 'size-limit-exceeded', /row 3: longer than/],
  ];
  for (const [name, content, code, message] of hostile) {
    it(`names the place of ${name}, behind the rows in front of it`, async () => {
      const { values, error } = await readAll(content, content.length > 1000 ? {} : { chunkBytes: 4 });
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
      expect(values).toEqual([
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ]);
    });
  }

  it('refuses two columns of one name', async () => {
    expect((await readAll('a,b,a\n1,2,3\n')).error).toMatchObject({
      code: 'unreadable-row',
      message: expect.stringContaining('"a"') as string,
    });
  });
});
