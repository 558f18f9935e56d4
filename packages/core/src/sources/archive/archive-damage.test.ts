import fc from 'fast-check';
import Database from 'better-sqlite3';
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlain, type PlainEvent } from '../../../test/archive/plain-reading.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { createArchiveWriter } from './archive-writer.js';
import { openArchive } from './open-archive.js';
import { sealArchive } from './seal-archive.js';
import { verifyArchive } from './verify-archive.js';

const partitions = [0, 1].map((partition) => ({ source: 'cluster', topic: 'orders', incarnation: '', partition }));

describe('a damaged archive', () => {
  let folder: ScratchFolder;
  let good: string;
  let bad: string;
  let content: string;

  beforeAll(() => {
    folder = scratchFolder();
    good = folder.file('good.archive');
    bad = folder.file('bad.archive');
    const writer = createArchiveWriter(good, { source: 'cluster' });
    for (let i = 0; i < 1500; i++) {
      const offset = i < 700 ? i : i + 10;
      const value = i % 500 === 7 ? Buffer.of(0xff, 0x01) : `{"n":${i},"text":"${'x'.repeat(i % 40)}"}`;
      const key = i % 250 === 3 ? Buffer.of(0xfe, i % 256) : `key-${i % 10}`;
      for (const partition of partitions) {
        writer.partition(partition).append({
          offset,
          time: i % 100 === 5 ? NaN : 1_700_000_000_000 + i,
          timeType: i % 2 === 0 ? 'create' : 'append',
          key,
          headers: i % 300 === 1 ? [['trace', String(i)]] : null,
          value,
        });
      }
      if (i % 400 === 399) writer.commit();
    }
    writer.setProgress('note', 1);
    writer.commit();
    writer.close();
    content = everything(good);
  });
  afterAll(() => folder.remove());

  it.each([
    'sequence',
    'previous_next',
    'first_offset',
    'last_offset',
    'events',
    'min_time',
    'max_time',
    'value_form',
    'offsets',
    'times',
    'time_types',
    'keys',
    'binary_keys',
    'headers',
    'value_lengths',
    'value_bytes',
    'sha256',
  ])('is noticed by reading when a segment differs in its column %s, and named', async (column) => {
    copyFileSync(good, bad);
    const id = changeSegment(bad, column);
    const read = failure(() => everything(bad));
    expect(read).toMatchObject({
      code: 'corrupt-archive-segment',
      message: expect.stringContaining('orders[1]') as string,
    });
    expect(read.message).toMatch(/offsets \d+ to \d+/);
    const verification = await verifyArchive(bad);
    expect(verification.ok, `segment ${id}`).toBe(false);
    expect(
      verification.problems.every((problem) =>
        ['unreadable-archive', 'corrupt-archive-segment'].includes(problem.code),
      ),
    ).toBe(true);
  });

  it.each([
    'beginning',
    'first_offset',
    'end_offset',
    'next_offset',
    'events',
    'repeated',
    'segments',
    'min_time',
    'max_time',
  ])('is noticed by describing when a partition differs in its column %s', (column) => {
    copyFileSync(good, bad);
    withoutTriggers(bad, (db) => db.exec(`UPDATE partition SET ${column} = ${column} + 1 WHERE ref = 2`));
    const log = openArchive(bad);
    expect(failure(() => log.describe())).toMatchObject({ code: 'corrupt-archive-segment' });
    log.close();
  });

  it.each([
    'DELETE FROM hole WHERE partition_ref = 2',
    "UPDATE hole SET reason = 'control'",
    'UPDATE hole SET to_offset = 708',
  ])('is noticed by describing after %s', (statement) => {
    copyFileSync(good, bad);
    withoutTriggers(bad, (db) => db.exec(statement));
    const log = openArchive(bad);
    expect(failure(() => log.describe())).toMatchObject({ code: 'corrupt-archive-segment' });
    log.close();
  });

  it('is noticed when a whole segment is gone: first, in the middle or last', () => {
    for (const sequence of [0, 1, 3]) {
      copyFileSync(good, bad);
      withoutTriggers(bad, (db) => db.exec(`DELETE FROM segment WHERE partition_ref = 2 AND sequence = ${sequence}`));
      expect(failure(() => everything(bad))).toMatchObject({
        code: 'corrupt-archive-segment',
        message: expect.stringContaining('missing') as string,
      });
    }
  });

  it('is noticed when two partitions change places', () => {
    copyFileSync(good, bad);
    withoutTriggers(bad, (db) => {
      db.exec('UPDATE segment SET partition_ref = 3 WHERE partition_ref = 1');
      db.exec('UPDATE segment SET partition_ref = 1 WHERE partition_ref = 2');
      db.exec('UPDATE segment SET partition_ref = 2 WHERE partition_ref = 3');
    });
    expect(failure(() => everything(bad))).toMatchObject({ code: 'corrupt-archive-segment' });
  });

  it.each([
    'DELETE FROM partition WHERE ref = 2',
    "UPDATE archive SET id = 'another'",
    'UPDATE archive SET sealed = 1 - sealed',
    'DELETE FROM archive',
    "UPDATE progress SET body = 'true'",
    'DELETE FROM progress',
  ])('is noticed by describing after %s, sealed or not', async (statement) => {
    for (const seal of [false, true]) {
      copyFileSync(good, bad);
      if (seal) sealArchive(bad);
      withoutTriggers(bad, (db) => db.exec(statement));
      const log = openArchive(bad);
      expect(failure(() => log.describe())).toMatchObject({ code: 'unreadable-archive' });
      log.close();
      await expect(verifyArchive(bad)).rejects.toMatchObject({ code: 'unreadable-archive' });
    }
  });

  it('never gives other events, whichever byte of the file is flipped', () => {
    const original = readFileSync(good);
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const copy = Buffer.from(original);
        copy[at] = (copy[at] ?? 0) ^ mask;
        writeFileSync(bad, copy);
        try {
          expect(everything(bad)).toBe(content);
        } catch (error) {
          if (!isRecoveryError(error)) throw error;
          expect(error.number).toMatch(/^EM200[123]$/);
        }
      }),
      // A seed at which the digest of the archive became NULL.
      { numRuns: 400, examples: [[16_392, 1]] },
    );
  });

  it('is refused when it was cut, at any length', () => {
    const size = readFileSync(good).length;
    for (const length of [0, 1, 50, 99, 100, 5000, Math.floor(size / 2), size - 1]) {
      copyFileSync(good, bad);
      truncateSync(bad, length);
      expect(
        failure(() => openArchive(bad)),
        `cut to ${length}`,
      ).toMatchObject({ code: 'unreadable-archive' });
    }
  });

  it('is refused when it is missing, a folder, no archive, or of another version', () => {
    expect(failure(() => openArchive(folder.file('nowhere')))).toMatchObject({ code: 'unreadable-archive' });
    expect(failure(() => openArchive(folder.file('')))).toMatchObject({ code: 'unreadable-archive' });
    writeFileSync(bad, 'x'.repeat(5000));
    expect(failure(() => openArchive(bad))).toMatchObject({ code: 'unreadable-archive' });
    copyFileSync(good, bad);
    const db = new Database(bad);
    db.pragma('user_version = 5');
    db.close();
    expect(failure(() => openArchive(bad))).toMatchObject({ code: 'archive-version-mismatch' });
    expect(failure(() => createArchiveWriter(bad, { source: 'cluster' }))).toMatchObject({
      code: 'archive-version-mismatch',
    });
  });

  it('is refused after a crash in the middle of a write, until the next writer has undone it', () => {
    for (const heal of [() => createArchiveWriter(bad, { source: 'cluster' }).close(), () => void sealArchive(bad)]) {
      copyFileSync(good, bad);
      const db = new Database(bad);
      db.pragma('cache_size = 1'); // so that changed pages reach the file before the commit
      db.exec('BEGIN IMMEDIATE');
      const insert = db.prepare('INSERT INTO progress VALUES (?, ?)');
      for (let i = 0; i < 100; i++) insert.run(`p${i}`, 'x'.repeat(10_000));
      const crashed = folder.file('crashed');
      copyFileSync(bad, crashed);
      copyFileSync(`${bad}-journal`, `${crashed}-journal`);
      db.exec('ROLLBACK');
      db.close();
      copyFileSync(crashed, bad);
      copyFileSync(`${crashed}-journal`, `${bad}-journal`);
      expect(readFileSync(bad).equals(readFileSync(good))).toBe(false);
      expect(failure(() => openArchive(bad))).toMatchObject({
        code: 'unreadable-archive',
        hint: expect.stringContaining('run the same import again') as string,
      });
      heal();
      expect(everything(bad)).toBe(content);
    }
  });

  it('is refused when somebody added to its tables', () => {
    copyFileSync(good, bad);
    const db = new Database(bad);
    db.exec('CREATE VIEW sneaky AS SELECT 1');
    db.close();
    expect(failure(() => openArchive(bad))).toMatchObject({ code: 'unreadable-archive' });
  });

  function everything(path: string): string {
    const log = openArchive(path);
    try {
      const description = log.describe().partitions;
      const events = description.flatMap((each): readonly PlainEvent[] =>
        readPlain(log, each, each.range.from, each.range.to),
      );
      return JSON.stringify([description, events]);
    } finally {
      log.close();
    }
  }
});

function failure(work: () => unknown): Error & { readonly code?: unknown } {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** Changes the first segment of the second partition that has the column, as a flipped byte would; gives its id. */
function changeSegment(path: string, column: string): number {
  let id = 0;
  withoutTriggers(path, (db) => {
    const row = db
      .prepare(
        `SELECT id, ${column} AS value FROM segment WHERE partition_ref = 2 AND ${column} <> x'' ORDER BY id DESC LIMIT 1`,
      )
      .get() as { readonly id: number; readonly value: number | Buffer };
    id = row.id;
    const changed = typeof row.value === 'number' ? row.value + 1 : flipped(row.value);
    db.prepare(`UPDATE segment SET ${column} = ? WHERE id = ?`).run(changed, id);
  });
  return id;
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 0x04;
  return copy;
}

/** Changes what the triggers would refuse to change, and puts them back. */
function withoutTriggers(path: string, change: (db: Database.Database) => void): void {
  const db = new Database(path);
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  change(db);
  for (const { sql } of triggers) db.exec(sql);
  db.close();
}
