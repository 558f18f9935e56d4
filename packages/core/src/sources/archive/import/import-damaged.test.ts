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
    await exportArchive(archive, output);
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

  it('leaves an archive without damage in the first version of the format', async () => {
    await run('a.ndjson', '{"p":0,"o":0}\n');
    const version = (): unknown => {
      const db = openArchiveForReading(archive);
      const found = db.pragma('user_version', { simple: true });
      db.close();
      return found;
    };
    expect(version()).toBe(1);
    await run('b.ndjson', '{"p":0,"o":1}\n{"cut\n');
    expect(version()).toBe(2);
  });
});
