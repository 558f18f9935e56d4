import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import { openNdjsonSnapshots } from './open-ndjson-snapshots.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-incremental-'))));
afterEach(() => rmSync(folder, { recursive: true }));

type Rows = readonly (readonly [key: string, state: unknown])[];

interface Written {
  readonly id: string;
  readonly sha256: string;
}

const byBytes = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));

/** Writes a file line by line; a state that is undefined says that the key is gone. */
function write(id: string, rows: Rows, header: Readonly<Record<string, unknown>> = {}): Written {
  const lines = [
    JSON.stringify({ format_version: 2, kind: 'snapshot', id, sorted: 'code-points', ...header }),
    ...rows.map(([key, state]) => JSON.stringify(state === undefined ? { key, deleted: true } : { key, state })),
  ];
  const content = lines.map((line) => `${line}\n`).join('');
  const sha256 = createHash('sha256').update(content, 'utf8').digest('hex');
  writeFileSync(
    join(folder, `${id}.ndjson`),
    `${content}${JSON.stringify({ end: true, keys: rows.length, sha256 })}\n`,
  );
  return { id, sha256 };
}

async function rowsOf(id: string): Promise<Rows> {
  const rows: [string, unknown][] = [];
  for await (const { key, state } of openNdjsonSnapshots(folder).rows(id)) rows.push([key, state]);
  return rows;
}

async function codeOf(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return error.code;
  }
}

const keys = fc.oneof(
  fc.constantFrom('', 'a', 'b', '\uFFFF', '\uE000', '\uD7FF', '\u{1F600}', '\u{10FFFF}', '"', '\\', '__proto__', '\0'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const states = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(null, 0, false, '', {}, { a: [1, { b: 'ü' }] }),
  fc.integer(),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const file = fc.array(fc.tuple(keys, states), { maxLength: 14 }).map((rows): Rows => [...new Map(rows)].sort(byBytes));

describe('checkpoints that stand on each other', () => {
  it('give what a plain map gives that the files are written into, one after the other', async () => {
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(file, fc.boolean()), { minLength: 1, maxLength: 7 }), async (files) => {
        rmSync(folder, { recursive: true });
        folder = mkdtempSync(join(tmpdir(), 'eventmend-incremental-'));
        let plain = new Map<string, unknown>();
        let below: Written | null = null;
        const expected: [string, Rows][] = [];
        for (const [rows, standsAlone] of files) {
          const base: Written | null = standsAlone ? null : below;
          if (base === null) plain = new Map();
          for (const [key, state] of rows) {
            if (state === undefined) plain.delete(key);
            else plain.set(key, state);
          }
          below = write(`c-${written++}`, rows, { base, keys: plain.size });
          expected.push([below.id, [...plain].sort(byBytes)]);
        }
        const { snapshots, damaged } = await openNdjsonSnapshots(folder).list();
        expect(damaged).toEqual([]);
        expect(new Map(snapshots.map(({ id, keys }) => [id, keys]))).toEqual(
          new Map(expected.map(([id, rows]) => [id, rows.length])),
        );
        for (const [id, rows] of expected) expect(await rowsOf(id)).toEqual(rows);
      }),
      { numRuns: process.env['EVENTMEND_FULL'] === undefined ? 60 : 5000 },
    );
  });

  describe('are not listed, nor read, where what they stand on', () => {
    const full: Rows = [
      ['a', 1],
      ['b', 2],
    ];
    async function expectDamaged(...ids: readonly string[]): Promise<void> {
      const source = openNdjsonSnapshots(folder);
      const { snapshots, damaged } = await source.list();
      for (const id of ids) {
        expect(snapshots.map((snapshot) => snapshot.id)).not.toContain(id);
        expect(damaged.map(({ location }) => location)).toContain(join(folder, `${id}.ndjson`));
        expect(await codeOf(() => rowsOf(id))).toBe('invalid-snapshot');
      }
    }

    it('is not there', async () => {
      const base = write('c-1', full);
      const second = write('c-2', [['a', 3]], { base });
      write('c-3', [['a', 4]], { base: second });
      rmSync(join(folder, 'c-1.ndjson'));
      await expectDamaged('c-2', 'c-3');
    });

    it('is another one of the same name', async () => {
      const base = write('c-1', full);
      write('c-2', [['a', 3]], { base });
      write('c-1', [['a', 9]]);
      await expectDamaged('c-2');
      expect(await rowsOf('c-1')).toEqual([['a', 9]]);
    });

    it('is damaged', async () => {
      const base = write('c-1', full);
      write('c-2', [['a', 3]], { base });
      writeFileSync(join(folder, 'c-1.ndjson'), '{"format_version":2,"kind":"snapshot","id":"c-1"}\n{"key":"a"}\n');
      await expectDamaged('c-1', 'c-2');
    });

    it('is itself, or stands on it in turn', async () => {
      write('c-1', [['a', 1]], { base: { id: 'c-1', sha256: 'f'.repeat(64) } });
      const second = write('c-2', [['a', 1]], { base: { id: 'c-3', sha256: 'e'.repeat(64) } });
      write('c-3', [['a', 1]], { base: second });
      await expectDamaged('c-1', 'c-2', 'c-3');
    });

    it('is sorted in another way, or not at all', async () => {
      const units = write('c-1', full, { sorted: true });
      const none = write('c-2', full, { sorted: undefined });
      write('c-3', [['a', 3]], { base: units });
      write('c-4', [['a', 3]], { base: none });
      await expectDamaged('c-3', 'c-4');
      expect(await rowsOf('c-1')).toEqual(full);
    });

    it('has no end line, or they have none', async () => {
      writeFileSync(
        join(folder, 'c-1.ndjson'),
        '{"format_version":2,"kind":"snapshot","id":"c-1","sorted":"code-points"}\n',
      );
      write('c-2', [['a', 3]], { base: { id: 'c-1', sha256: createHash('sha256').digest('hex') } });
      const base = write('c-3', full);
      const header = { format_version: 2, kind: 'snapshot', id: 'c-4', sorted: 'code-points', base };
      writeFileSync(join(folder, 'c-4.ndjson'), `${JSON.stringify(header)}\n`);
      await expectDamaged('c-2', 'c-4');
    });

    it('names no digest', async () => {
      write('c-1', full);
      write('c-2', [['a', 3]], { base: { id: 'c-1' } });
      write('c-3', [['a', 3]], { base: 'c-1' });
      await expectDamaged('c-2', 'c-3');
    });
  });

  it('are refused where their keys do not rise by code points, wherever they are read', async () => {
    const base = write('c-1', [
      ['\u{1F600}', 1],
      ['\uFFFF', 2],
    ]);
    write('c-2', [['a', 3]], { base });
    const whole = write('c-3', [['a', 1]]);
    write(
      'c-4',
      [
        ['b', 1],
        ['b', 2],
      ],
      { base: whole },
    );
    for (const id of ['c-1', 'c-2', 'c-4']) expect(await codeOf(() => rowsOf(id))).toBe('invalid-snapshot');
  });
});

describe('a snapshot of format 1', () => {
  it('stands alone whatever its header says of a base', async () => {
    const base = write('c-1', [['a', 1]]);
    write('c-2', [['b', 2]], { format_version: 1, base, keys: 7, sorted: undefined });
    expect((await openNdjsonSnapshots(folder).list()).damaged).toEqual([]);
    expect(await rowsOf('c-2')).toEqual([['b', 2]]);
    expect((await openNdjsonSnapshots(folder).list()).snapshots.find(({ id }) => id === 'c-2')?.keys).toBe(1);
  });

  it('has no rows that say that a key is gone', async () => {
    write('c-1', [['a', undefined]], { format_version: 1 });
    const { snapshots, damaged } = await openNdjsonSnapshots(folder).list();
    expect(snapshots).toEqual([]);
    expect(damaged).toHaveLength(1);
  });

  it('is not read where its format is not known', async () => {
    write('c-1', [['a', 1]], { format_version: 3 });
    expect((await openNdjsonSnapshots(folder).list()).damaged[0]?.reason).toContain('format_version 3');
  });
});
