import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { openRows } from './open-rows.js';
import { startOfRows, type DamagedRow } from './row-source.js';

interface Line {
  readonly kind: 'whole' | 'cut' | 'bytes' | 'blank';
  readonly pad: number;
  readonly crlf: boolean;
}

describe('lines of which some cannot be read', () => {
  let folder: ScratchFolder;
  beforeEach(() => void (folder = scratchFolder()));
  afterEach(() => folder.remove());

  async function read(content: Buffer) {
    writeFileSync(folder.file('a.ndjson'), content);
    const damaged: DamagedRow[] = [];
    const rows: unknown[] = [];
    const source = await openRows(folder.file('a.ndjson'));
    const reader = source.open(
      startOfRows,
      (row) => void damaged.push({ ...row, bytes: row.bytes === null ? null : Buffer.from(row.bytes) }),
    );
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      for (let i = 0; i < batch.count; i++) {
        const { number, byte } = batch.place(i);
        rows.push([number, byte, batch.values[i], batch.text(i), batch.positionAfter(i).byte]);
      }
    }
    reader.close();
    return {
      rows,
      damaged: damaged.map(({ place, bytes }) => [
        place.number,
        place.byte,
        bytes === null ? null : Buffer.from(bytes).toString('latin1'),
      ]),
    };
  }

  /** Line by line, in the plainest way. */
  function readPlain(content: Buffer) {
    const rows: unknown[] = [];
    const damaged: unknown[] = [];
    for (let number = 1, at = 0; at < content.length; number++) {
      const found = content.indexOf(10, at);
      const next = found < 0 ? content.length : found + 1;
      const bytes = content.subarray(at, found < 0 ? next : found);
      const latin = bytes.toString('latin1').replace(/\r$/, '');
      const text = Buffer.from(latin, 'latin1').toString('utf8');
      if (latin.trim() !== '') {
        try {
          if (latin.includes('\xff')) throw new Error('not UTF-8');
          rows.push([number, at, JSON.parse(text) as unknown, text, next]);
        } catch {
          damaged.push([number, at, latin]);
        }
      }
      at = next;
    }
    return { rows, damaged };
  }

  it('gives the whole lines and tells of the others, however long they are and wherever they stand', async () => {
    const line: fc.Arbitrary<Line> = fc.record({
      kind: fc.oneof(
        { weight: 12, arbitrary: fc.constant('whole' as const) },
        { weight: 2, arbitrary: fc.constantFrom('cut' as const, 'bytes' as const, 'blank' as const) },
      ),
      pad: fc.oneof({ weight: 8, arbitrary: fc.nat(40) }, fc.nat(6_000)),
      crlf: fc.boolean(),
    });
    const property = fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 300 }),
      fc.boolean(),
      async (lines, ends) => {
        const pieces = lines.map(({ kind, pad, crlf }, index) => {
          const whole = Buffer.from(`{"n":${index},"t":"ü${'x'.repeat(pad)}"}`);
          const end = ends || index < lines.length - 1 ? (crlf ? '\r\n' : '\n') : '';
          const body =
            kind === 'whole'
              ? whole
              : kind === 'cut'
                ? whole.subarray(0, -2)
                : kind === 'bytes'
                  ? Buffer.concat([whole.subarray(0, -2), Buffer.from([0xff]), Buffer.from('"}')])
                  : Buffer.from(' ');
          return Buffer.concat([body, Buffer.from(end)]);
        });
        const content = Buffer.concat(pieces);
        expect(await read(content)).toEqual(readPlain(content));
      },
    );
    await fc.assert(property, { numRuns: 80 });
  });
});
