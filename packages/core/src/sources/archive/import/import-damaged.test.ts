import { writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventMapping } from '../../rows/event-mapping.js';
import { openRows } from '../../rows/open-rows.js';
import { scratchFolder, type ScratchFolder } from '../../../testing/scratch-folder.js';
import { readRawBytes } from '../damaged-records.js';
import { describeArchive } from '../describe-archive.js';
import { exportArchive } from '../export-archive.js';
import { openArchiveForReading } from '../open-archive-database.js';
import { openArchive } from '../open-archive.js';
import { verifyArchive } from '../verify-archive.js';
import { importIntoArchive, type ImportOptions } from './import-into-archive.js';

const mapping: EventMapping = { source: 's', topic: 't', partition: { column: 'p' }, offset: { column: 'o' } };

describe('an import of damaged rows', () => {
  let folder: ScratchFolder;
  let archive: string;
  beforeEach(() => {
    folder = scratchFolder();
    archive = folder.file('a.archive');
  });
  afterEach(() => folder.remove());

  const run = async (name: string, content: string, options: ImportOptions = {}) => {
    writeFileSync(folder.file(name), content);
    const [imported] = await importIntoArchive(archive, [await openRows(folder.file(name))], mapping, {
      damage: 'keep',
      ...options,
    });
    return imported;
  };

  const rows = ['{"p":0,"o":0,"n":1}', '{"p":0,"o":0,"n":2}', '{"p":0,"o":1,"n', '{"p":0,"o":2}', '{"p":0,"o":3}'];

  function offsets(): readonly number[] {
    const log = openArchive(archive);
    const [partition] = log.describe().partitions;
    if (partition === undefined) throw new Error('no partition');
    const reader = log.read({ ...partition, ...partition.range });
    const all: number[] = [];
    for (let page = reader.next(); page !== null; page = reader.next()) {
      all.push(...Array.from({ length: page.count }, (_, index) => page.offsets[index] as number));
    }
    log.close();
    return all;
  }

  it.each([{}, { commitBytes: 1 }])('keeps their bytes, makes holes of them and goes on: %j', async (options) => {
    expect(await run('a.ndjson', rows.join('\n'), options)).toMatchObject({ events: 3, damaged: 2 });
    const { partitions, damage, events } = describeArchive(archive);
    expect(events).toBe(3);
    expect(partitions).toMatchObject([
      { range: { from: 0, to: 4 }, holes: [{ from: 0, to: 2, reason: 'damaged' }], events: 2 },
    ]);
    expect(damage.map(({ kind, at }) => [kind, at?.from])).toEqual([
      ['contradiction', 0],
      ['unreadable', 1],
    ]);
    const db = openArchiveForReading(archive);
    expect(damage.map((record) => readRawBytes(db, record)?.toString())).toEqual([rows[1], rows[2]]);
    db.close();
    expect(offsets()).toEqual([2, 3]);
    expect(await verifyArchive(archive)).toMatchObject({ ok: true });
    expect(await run('a.ndjson', rows.join('\n'), options)).toMatchObject({ outcome: 'already', damaged: 2 });
    let exported = '';
    const output = new Writable({
      write(chunk: Buffer, _, done) {
        exported += chunk.toString();
        done();
      },
    });
    expect(await exportArchive(archive, output)).toEqual({ events: 2, contradicted: 1, damaged: 2 });
    expect(exported).not.toContain('"n":1');
  });

  it('says that the end of a partition may be lost with a row that nobody can place, until more comes', async () => {
    expect(await run('a.ndjson', '{"p":0,"o":0}\ngarbage\n')).toMatchObject({ events: 1, damaged: 1 });
    expect(describeArchive(archive).partitions).toMatchObject([
      { range: { from: 0, to: 2 }, holes: [{ from: 1, to: 2, reason: 'damaged' }] },
    ]);
    await run('b.ndjson', '{"p":0,"o":1}\n{"p":0,"o":2}\n');
    expect(describeArchive(archive).partitions).toMatchObject([{ range: { from: 0, to: 3 }, holes: [] }]);
    expect(offsets()).toEqual([0, 1, 2]);
  });

  it('makes another version of an archive, old or new, and only with damage', async () => {
    await run('a.ndjson', '{"p":0,"o":0}\n');
    const version = (): unknown => {
      const db = openArchiveForReading(archive);
      const found = db.pragma('user_version', { simple: true });
      db.close();
      return found;
    };
    expect(version()).toBe(3);
    await run('b.ndjson', '{"p":0,"o":1}\n{"cut\n');
    expect(version()).toBe(4);
  });

  it('gives a damaged row the offset that it would have had, by all digits of its key', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => String(2n ** 60n + BigInt(index)));
    const assigned: EventMapping = {
      source: 's',
      topic: 't',
      partition: { hash: 'k', count: 8 },
      key: 'k',
      offset: 'assigned',
      numbers: 'text',
    };
    const importAs = async (name: string, lines: readonly string[]) => {
      writeFileSync(folder.file(`${name}.ndjson`), lines.join('\n'));
      const sources = [await openRows(folder.file(`${name}.ndjson`))];
      await importIntoArchive(folder.file(name), sources, assigned, { damage: 'keep' });
      return describeArchive(folder.file(name));
    };
    const whole = await importAs(
      'whole',
      [...keys, ...keys].map((key) => `{"k":${key}}`),
    );
    const broken = await importAs('broken', [
      ...keys.map((key, index) => (index % 2 === 0 ? `{"k":${key},"n` : `{"k":${key}}`)),
      ...keys.map((key) => `{"k":${key}}`),
    ]);
    const nexts = ({ partitions }: typeof whole) => partitions.map(({ partition, range }) => [partition, range.to]);
    expect(nexts(broken).sort()).toEqual(nexts(whole).sort());
    expect(broken.damage).toHaveLength(20);
  });

  it('stops with a clear error where a file is something else, and keeps all that came before', async () => {
    await run('a.ndjson', '{"p":0,"o":0}\n');
    const bad = 'garbage\n'.repeat(1_001);
    await expect(run('b.ndjson', `{"p":0,"o":1}\n${bad}`)).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringContaining('no list of them helps') as string,
    });
    await expect(run('c.ndjson', 'garbage\n'.repeat(3))).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringContaining('none of 3 rows can be read') as string,
    });
    expect(describeArchive(archive)).toMatchObject({ events: 1, damage: [] });
  });

  it('keeps to the limit over all that stopped imports of one file counted', async () => {
    const lines = Array.from({ length: 1_001 }, (_, index) => `{"p":0,"o":${index}}\ngarbage\n`).join('');
    const refused = { code: 'unreadable-row', message: expect.stringContaining('no list of them helps') as string };
    await expect(run('a.ndjson', lines, { commitBytes: 1 })).rejects.toMatchObject(refused);
    await expect(run('a.ndjson', lines, { commitBytes: 1 })).rejects.toMatchObject(refused);
  });

  it('numbers damaged rows on from commit to commit', async () => {
    const cut = (from: number) => Array.from({ length: 100 }, (_, index) => `{"p":0,"o":${from + index},\n`).join('');
    await run('a.ndjson', `{"p":1,"o":0}\n${cut(0)}`, { commitBytes: 1 });
    await run('b.ndjson', `{"p":1,"o":1}\n${cut(100)}`, { commitBytes: 300 });
    expect(describeArchive(archive).damage.map(({ number, at }) => [number, at?.from])).toEqual(
      Array.from({ length: 200 }, (_, index) => [index, index]),
    );
  });
});
