import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepDigits } from '../../model/json/keep-digits.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { ndjsonRows } from './ndjson-rows.js';
import { startOfRows, type RowPosition } from './row-source.js';

describe('a document that is one JSON array', () => {
  let folder: ScratchFolder;
  beforeEach(() => void (folder = scratchFolder()));
  afterEach(() => folder.remove());

  async function read(content: string | Buffer, chunkBytes = 64 * 1024, from: RowPosition = startOfRows, keep = false) {
    const gzip = Buffer.isBuffer(content) && content[0] === 0x1f;
    const file = folder.file(gzip ? 'a.ndjson.gz' : 'a.ndjson');
    writeFileSync(file, content);
    const source = ndjsonRows(file, { compression: gzip ? 'gzip' : 'none', chunkBytes });
    const damaged: string[] = [];
    const reader = source.open(from, keep ? ({ error }) => void damaged.push(error.code) : undefined);
    const rows: { value: unknown; place: unknown; after: RowPosition }[] = [];
    try {
      for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
        for (let i = 0; i < batch.count; i++) {
          const { unit, number } = batch.place(i);
          expect(JSON.parse(batch.text(i) ?? '')).toEqual(batch.values[i]);
          rows.push({ value: batch.values[i], place: [unit, number], after: batch.positionAfter(i) });
        }
      }
    } finally {
      reader.close();
    }
    return { rows, damaged };
  }

  const values = async (content: string | Buffer, chunkBytes?: number) =>
    (await read(content, chunkBytes)).rows.map(({ value }) => value);

  it.each([0, 2])(
    'is read element by element, however it is printed and cut into pieces (indent %i)',
    async (indent) => {
      // Integers beyond 2^53 have tests of their own.
      const exact = fc.jsonValue({ maxDepth: 3 }).filter((value) => keepDigits(JSON.stringify(value)) === null);
      const element = fc.dictionary(fc.string({ maxLength: 10 }), exact, { maxKeys: 3 });
      const property = fc.asyncProperty(
        fc.array(element, { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('', '\ufeff', ' \r\n'),
        fc.constantFrom('', '\n', '\r\n\n '),
        async (list, chunkBytes, before, behind) => {
          const content = before + JSON.stringify(list, null, indent) + behind;
          const { rows } = await read(content, chunkBytes);
          expect(rows.map(({ value }) => value)).toEqual(JSON.parse(JSON.stringify(list)));
          if (before === '') expect(rows.map(({ place }) => place)).toEqual(list.map((_, index) => ['row', index + 1]));
          for (const [index, { after }] of rows.entries()) {
            const rest = (await read(content, chunkBytes, after)).rows;
            expect(rest.map(({ value }) => value)).toEqual(rows.slice(index + 1).map(({ value }) => value));
          }
          expect(await values(gzipSync(content))).toEqual(rows.map(({ value }) => value));
        },
      );
      await fc.assert(property, { numRuns: 40 });
    },
  );

  it('goes on inside of compressed content', async () => {
    const content = gzipSync('[{"n":1},\n{"n":2},{"n":3}]\n');
    const { rows } = await read(content);
    const rest = await read(content, undefined, rows[0]?.after);
    expect(rest.rows.map(({ value }) => value)).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it('may be empty; lines that are lists stay lines', async () => {
    expect(await values(' [ ] \n')).toEqual([]);
    for (const lines of ['[1,"a"]\n[2,"b"]\n', '[{"n":1}]\n[{"n":2}]\n', '[]\n[]\n', '[[1],[2]]\n']) {
      const expected = lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      for (const chunkBytes of [1, 5, 1000]) expect(await values(lines, chunkBytes)).toEqual(expected);
    }
  });

  it('is told without holding more than the longest row', async () => {
    const list = Array.from({ length: 500 }, (_, n) => ({ n, t: 'x'.repeat(50_000) }));
    expect((await values(JSON.stringify(list))).length).toBe(500);
  });

  it.each([
    ['cut inside of an element', '[{"n":1},{"n":2', 'is cut'],
    ['cut behind an element', '[{"n":1},{"n":2}', 'is cut'],
    ['cut behind a comma', '[{"n":1},', 'is cut'],
    ['with content behind its end', '[{"n":1},\n{"n":2}]\n{"n":3}\n', 'something behind its end'],
    ['with a comma too many', '[{"n":1},,{"n":2}]', 'no element in front'],
    ['with a comma at the end', '[{"n":1},]', 'no element behind'],
    ['with a bracket too many', '[{"n":1}},\n{"n":2}]', 'closes what is not open'],
    ['with the wrong bracket', '[{"n":[1}},\n{"n":2}]', 'closes what is not open'],
    ['with a quote that is missing', '[{"n":"1},\n{"n":"2"}]', 'line end inside of a text'],
    ['with an element that is not JSON', '[{"n":1},{"n":tru},{"n":3}]', 'row 2 (byte 9): not JSON'],
  ])('is refused where it is damaged, also where damage is kept: %s', async (_, content, reason) => {
    for (const keep of [false, true]) {
      for (const chunkBytes of [1, 7, 1000]) {
        await expect(read(content, chunkBytes, startOfRows, keep)).rejects.toMatchObject({
          code: 'unreadable-row',
          message: expect.stringContaining(reason) as string,
        });
      }
    }
  });

  it('leaves an element above 16 MiB out where damage is kept', async () => {
    const content = `[{"n":1},{"n":"${'x'.repeat(17 * 1024 * 1024)}"},{"n":3}]`;
    const { rows, damaged } = await read(content, undefined, startOfRows, true);
    expect([rows.map(({ value }) => value), damaged]).toEqual([[{ n: 1 }, { n: 3 }], ['size-limit-exceeded']]);
  });
});
