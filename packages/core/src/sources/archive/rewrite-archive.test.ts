import Database from 'better-sqlite3';
import fc from 'fast-check';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arbitraryEvents } from '../../../test/archive/arbitrary-events.js';
import { readPlain } from '../../../test/archive/plain-reading.js';
import { openRows } from '../rows/open-rows.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { createArchiveWriter } from './archive-writer.js';
import { describeArchive } from './describe-archive.js';
import { importIntoArchive } from './import/import-into-archive.js';
import { openArchive } from './open-archive.js';
import { rewriteArchive } from './rewrite-archive.js';
import { sealArchive } from './seal-archive.js';
import { verifyArchive } from './verify-archive.js';

const id = { source: 'cluster', topic: 'orders', incarnation: '', partition: 3 };

/** What an archive says and holds, but for what the new one may differ in: its path, size, digest, and how events lie in segments. */
function contentOf(path: string): unknown {
  const { path: _, bytes: __, segments: ___, digest: ____, ...described } = describeArchive(path);
  const log = openArchive(path);
  try {
    const events = log.describe().partitions.map((each) => readPlain(log, each, 0, each.range.to));
    return { described, events };
  } finally {
    log.close();
  }
}

/** An archive as the first version made it: nothing stands in columns, and nothing ever will. */
function makeOld(path: string): void {
  createArchiveWriter(path, { source: 'cluster' }).close();
  const db = new Database(path);
  db.pragma('user_version = 1');
  db.close();
}

function formsOf(path: string): unknown {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare('SELECT DISTINCT value_form FROM segment ORDER BY 1').pluck().all();
  } finally {
    db.close();
  }
}

describe('rewriting an archive', () => {
  let folder: ScratchFolder;
  beforeEach(() => void (folder = scratchFolder()));
  afterEach(() => folder.remove());

  it('keeps every event byte by byte, holes with their reasons, repeats and the seal', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryEvents, fc.boolean(), fc.boolean(), async (events, old, sealed) => {
        const [path, into] = [folder.file('from.archive'), folder.file('into.archive')];
        for (const file of [path, into]) rmSync(file, { force: true });
        if (old) makeOld(path);
        const writer = createArchiveWriter(path, { source: 'cluster' });
        const orders = writer.partition(id);
        for (const [index, event] of events.entries()) {
          if (index === 0 && event.offset > 0) orders.addHole({ from: 0, to: event.offset, reason: 'deleted' });
          if (event.offset > orders.next && event.offset % 2 === 0)
            orders.addHole({ from: orders.next, to: event.offset, reason: 'compacted' });
          orders.append(event);
          if (index % 3 === 0) orders.append(event);
        }
        writer.setProgress('note', { far: events.length });
        writer.commit();
        writer.close();
        if (sealed) sealArchive(path);
        const before = contentOf(path);
        expect(await rewriteArchive(path, into)).toMatchObject({ events: events.length });
        expect(contentOf(into)).toEqual(before);
        expect((await verifyArchive(into)).problems).toEqual([]);
        expect(contentOf(path)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  it('makes an old archive smaller, keeps its damage, and knows its imports again', async () => {
    const [path, into] = [folder.file('from.archive'), folder.file('into.archive')];
    makeOld(path);
    const lines = Array.from({ length: 12_000 }, (_, n) => `{"p":0,"o":${n},"kind":"paid","cents":${n % 900}}\n`);
    const file = folder.file('a.ndjson');
    writeFileSync(file, `${lines.join('')}{"cut\n`);
    const place = { partition: { column: 'p' }, offset: { column: 'o' } };
    const mapping = { source: 'cluster', topic: 'orders', ...place };
    const run = async (archive: string) =>
      importIntoArchive(archive, [await openRows(file)], mapping, { damage: 'keep' });
    await run(path);
    expect(formsOf(path)).toEqual([2]);
    const before = contentOf(path);
    const { bytesBefore, bytesAfter } = await rewriteArchive(path, into);
    expect(bytesAfter).toBe(statSync(into).size);
    expect(bytesAfter).toBeLessThan(bytesBefore * 0.6);
    expect(formsOf(into)).toEqual([3]);
    expect(contentOf(into)).toEqual(before);
    expect(await run(into)).toMatchObject([{ outcome: 'already' }]);
  });

  it('never overwrites, and leaves nothing behind when it is stopped', async () => {
    const [path, into] = [folder.file('from.archive'), folder.file('into.archive')];
    const writer = createArchiveWriter(path, { source: 'cluster' });
    for (let offset = 0; offset < 3000; offset++)
      writer
        .partition(id)
        .append({ offset, time: 1, timeType: null, key: null, headers: null, value: `{"n":${offset}}` });
    writer.commit();
    writer.close();
    const stop = new AbortController();
    const stopped = rewriteArchive(path, into, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    expect(readdirSync(folder.file(''))).toEqual(['from.archive']);
    writeFileSync(into, 'mine');
    await expect(rewriteArchive(path, into)).rejects.toMatchObject({ code: 'file-exists' });
    expect(existsSync(into) && statSync(into).size).toBe(4);
  });
});
