import { readFileSync, utimesSync, writeFileSync, appendFileSync, copyFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRows } from '../../rows/open-rows.js';
import type { EventMapping } from '../../rows/event-mapping.js';
import { readPlain } from '../../../../test/archive/plain-reading.js';
import { scratchFolder, type ScratchFolder } from '../../../testing/scratch-folder.js';
import { describeArchive } from '../describe-archive.js';
import { openArchive } from '../open-archive.js';
import { verifyArchive } from '../verify-archive.js';
import { importIntoArchive, type ImportOptions } from './import-into-archive.js';

const mapping: EventMapping = {
  source: 'shop',
  topic: 'orders',
  partition: { hash: 'customer', count: 3 },
  offset: 'assigned',
  key: 'customer',
  time: { column: 'at' },
};

const line = (i: number): string =>
  `{"order": ${i}.0, "customer":"c${i % 11}", "at":"2026-01-01T00:00:${String(i % 60).padStart(2, '0')}Z"}`;

describe('importing into an archive', () => {
  let folder: ScratchFolder;
  let path: string;
  let file: string;
  beforeEach(() => {
    folder = scratchFolder();
    path = folder.file('orders.archive');
    file = folder.file('orders.ndjson');
    writeFileSync(file, Array.from({ length: 3000 }, (_, i) => line(i) + '\n').join(''));
  });
  afterEach(() => folder.remove());

  const run = async (name = file, as: EventMapping = mapping, options: ImportOptions = {}) =>
    (await importIntoArchive(path, [await openRows(name)], as, { acceptFallingTimes: true, ...options }))[0];

  function texts(): readonly string[] {
    const log = openArchive(path);
    const all = log.describe().partitions.flatMap((each) => readPlain(log, each, each.range.from, each.range.to));
    log.close();
    return all.map((event) => Buffer.from(event.value ?? '', 'hex').toString('utf8')).sort();
  }

  it('keeps each line as it is, under the offsets of its order', async () => {
    expect(await run()).toMatchObject({ outcome: 'imported', rows: 3000, events: 3000, repeated: 0 });
    expect(texts()).toEqual(Array.from({ length: 3000 }, (_, i) => line(i)).sort());
    const { partitions, imports } = describeArchive(path);
    expect(partitions.map((each) => each.partition)).toEqual([0, 1, 2]);
    expect(partitions.every((each) => each.source === 'shop' && each.range.from === 0 && each.holes.length === 0)).toBe(
      true,
    );
    expect(imports).toMatchObject([{ state: 'finished', events: 3000 }]);
    expect((await verifyArchive(path)).ok).toBe(true);
  });

  it('recognises a file that it imported before, under any name, and imports nothing', async () => {
    const first = await run();
    expect(await run()).toEqual({ ...first, outcome: 'already' });
    utimesSync(file, 1, 1);
    expect(await run()).toMatchObject({ outcome: 'already' });
    copyFileSync(file, folder.file('copy.ndjson'));
    expect(await run(folder.file('copy.ndjson'))).toMatchObject({ outcome: 'already' });
    expect(describeArchive(path)).toMatchObject({ events: 3000, repeated: 0 });
  });

  it('refuses a file that changed under its name, and another mapping', async () => {
    await run();
    await expect(run(file, { ...mapping, key: null })).rejects.toMatchObject({ code: 'invalid-configuration' });
    const content = readFileSync(file);
    content[content.length - 100] = 0x39;
    writeFileSync(file, content);
    await expect(run()).rejects.toMatchObject({ code: 'input-file-changed' });
    appendFileSync(file, line(3000) + '\n');
    await expect(run()).rejects.toMatchObject({ code: 'input-file-changed' });
    expect(describeArchive(path).events).toBe(3000);
  });

  it('continues the numbering over several files and imports', async () => {
    await run();
    writeFileSync(folder.file('more.ndjson.gz'), gzipSync(line(3000) + '\n' + line(3001) + '\n'));
    expect(await run(folder.file('more.ndjson.gz'))).toMatchObject({ outcome: 'imported', rows: 2, events: 2 });
    const { events, partitions } = describeArchive(path);
    expect(events).toBe(3002);
    expect(partitions.every((each) => each.range.to === each.events)).toBe(true);
  });

  it('stops cleanly when asked to, and goes on from there', async () => {
    const stop = new AbortController();
    const rows = await openRows(file);
    const small = folder.file('second.ndjson');
    writeFileSync(small, Array.from({ length: 60_000 }, (_, i) => line(3000 + i) + '\n').join(''));
    const seen: number[] = [];
    const work = {
      signal: stop.signal,
      onProgress: (progress: { readonly done: number }) => {
        seen.push(progress.done);
        if (seen.length === 3) stop.abort();
      },
    };
    const inputs = [rows, await openRows(small)];
    await expect(importIntoArchive(path, inputs, mapping, { acceptFallingTimes: true }, work)).rejects.toMatchObject({
      code: 'interrupted',
      exitCode: 130,
    });
    const stored = describeArchive(path).events;
    expect(stored).toBeGreaterThan(3000);
    expect(stored).toBeLessThan(63_000);
    expect(await importIntoArchive(path, inputs, mapping, { acceptFallingTimes: true })).toMatchObject([
      { outcome: 'already' },
      { outcome: 'resumed', events: 60_000, rows: 60_000 },
    ]);
    expect(describeArchive(path).events).toBe(63_000);
  });

  it('will not go on with a file that changed after it was stopped', async () => {
    writeFileSync(folder.file('bad.ndjson'), readFileSync(file, 'utf8') + '{"cut": ');
    await expect(run(folder.file('bad.ndjson'), mapping, { commitBytes: 1000 })).rejects.toMatchObject({
      code: 'unreadable-row',
    });
    writeFileSync(folder.file('bad.ndjson'), readFileSync(file, 'utf8'));
    await expect(run(folder.file('bad.ndjson'))).rejects.toMatchObject({ code: 'input-file-changed' });
  });

  it('names the row of an offset that contradicts or falls', async () => {
    const columns: EventMapping = {
      ...mapping,
      partition: { constant: 0 },
      offset: { column: 'o' },
      time: null,
      key: null,
    };
    const rows = ['{"o":4}', '{"o":5}', '{"o":5}', '{"o":9}'];
    writeFileSync(file, [...rows, '{"o":5,"x":1}'].join('\n'));
    await expect(run(file, columns)).rejects.toMatchObject({
      code: 'conflicting-events',
      message: expect.stringContaining('line 5') as string,
    });
    writeFileSync(file, [...rows, '{"o":7}'].join('\n'));
    await expect(run(file, columns)).rejects.toMatchObject({
      code: 'offsets-out-of-order',
      message: expect.stringContaining('line 5') as string,
    });
    writeFileSync(file, rows.join('\n'));
    expect(await run(file, columns, { beginning: 2 })).toMatchObject({ events: 3, repeated: 1 });
    expect(describeArchive(path).partitions).toMatchObject([
      { beginning: 2, range: { from: 4, to: 10 }, holes: [{ from: 6, to: 9, reason: 'missing' }] },
    ]);
  });

  it('takes CSV, whose rows become JSON objects', async () => {
    writeFileSync(folder.file('orders.csv'), 'customer,at,note\nc1,2026-01-01T00:00:00Z,"a ""b"""\nc2,,\n');
    await run(folder.file('orders.csv'), { ...mapping, partition: { constant: 0 } });
    const log = openArchive(path);
    const page = log.read({ source: 'shop', topic: 'orders', incarnation: '', partition: 0, from: 0, to: 9 }).next();
    expect(page?.values).toEqual([
      { customer: 'c1', at: '2026-01-01T00:00:00Z', note: 'a "b"' },
      { customer: 'c2', at: '', note: '' },
    ]);
    expect(page?.keys).toEqual(['c1', 'c2']);
    expect(Array.from(page?.timestamps ?? [])).toEqual([Date.UTC(2026, 0, 1), NaN]);
    log.close();
  });

  it('adds the number of the row, and keeps a business id as a header', async () => {
    writeFileSync(file, '{"a":1,"ref":"x"}\n{"a":2,"ref":"y"}\n');
    await run(file, {
      source: 's',
      topic: 't',
      partition: { constant: 0 },
      offset: 'assigned',
      rowNumber: 'row',
      id: 'ref',
    });
    const log = openArchive(path);
    const page = log.read({ source: 's', topic: 't', incarnation: '', partition: 0, from: 0, to: 2 }).next();
    expect(page?.values).toEqual([
      { a: 1, ref: 'x', row: 0 },
      { a: 2, ref: 'y', row: 1 },
    ]);
    expect(page?.headers).toEqual([[['id', 'x']], [['id', 'y']]]);
    log.close();
  });
});
