import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import Database from 'better-sqlite3';
import { readPlain } from '../../../test/archive/plain-reading.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import type { ArchiveEvent } from './archive-event.js';
import { createArchiveWriter } from './archive-writer.js';
import { describeArchive } from './describe-archive.js';
import { openArchive } from './open-archive.js';
import { sealArchive } from './seal-archive.js';
import { verifyArchive } from './verify-archive.js';

const partition = { source: 'cluster', topic: 'orders', incarnation: 'i1', partition: 0 };

function event(offset: number, change: Partial<ArchiveEvent> = {}): ArchiveEvent {
  return {
    offset,
    time: 1000 + offset,
    timeType: 'create',
    key: 'k',
    headers: null,
    value: `{"n":${offset}}`,
    ...change,
  };
}

describe('the writer of an archive', () => {
  let folder: ScratchFolder;
  let path: string;
  beforeEach(() => {
    folder = scratchFolder();
    path = folder.file('orders.archive');
  });
  afterEach(() => folder.remove());

  const write = (offsets: readonly number[]): void => {
    const writer = createArchiveWriter(path, { source: 'cluster' });
    for (const offset of offsets) writer.partition(partition).append(event(offset));
    writer.commit();
    writer.close();
  };

  it('counts an exact repeat, in the draft and in what is stored', () => {
    write([0, 1, 2]);
    const writer = createArchiveWriter(path, { source: 'cluster' });
    const orders = writer.partition(partition);
    expect(orders.append(event(1))).toBe('repeated');
    expect(orders.append(event(3))).toBe('appended');
    expect(orders.append(event(3))).toBe('repeated');
    writer.commit();
    expect(orders.append(event(3))).toBe('repeated');
    writer.commit();
    writer.close();
    expect(describeArchive(path)).toMatchObject({ events: 4, repeated: 3 });
  });

  it.each([
    ['value', { value: '{"n":1 }' }],
    ['key', { key: 'K' }],
    ['time', { time: 7 }],
    ['time type', { timeType: 'append' }],
    ['headers', { headers: [['a', 'b']] }],
  ] as const)('refuses another %s at an offset that is taken', (_what, change) => {
    write([0, 1, 2]);
    const writer = createArchiveWriter(path, { source: 'cluster' });
    expect(() => writer.partition(partition).append(event(1, change))).toThrow(
      expect.objectContaining({
        code: 'conflicting-events',
        message: expect.stringContaining('orders[0]@1') as string,
      }),
    );
    writer.close();
  });

  it('refuses an offset that falls back to where no event is', () => {
    write([5, 9]);
    const writer = createArchiveWriter(path, { source: 'cluster' });
    for (const offset of [3, 7]) {
      expect(() => writer.partition(partition).append(event(offset))).toThrow(
        expect.objectContaining({ code: 'offsets-out-of-order' }),
      );
    }
    writer.close();
  });

  it('describes holes with their reasons, and where the partition began', () => {
    const writer = createArchiveWriter(path, { source: 'cluster' });
    const orders = writer.partition(partition, 2);
    orders.append(event(4));
    orders.addHole({ from: 5, to: 7, reason: 'control' });
    orders.append(event(7));
    orders.append(event(10));
    orders.addHole({ from: 11, to: 12, reason: 'compacted' });
    writer.commit();
    writer.close();
    const log = openArchive(path);
    expect(log.describe()).toMatchObject({
      kind: 'archive',
      partitions: [
        {
          ...partition,
          beginning: 2,
          // A hole that is known belongs to what the archive knows, also behind the last event.
          range: { from: 4, to: 12 },
          holes: [
            { from: 5, to: 7, reason: 'control' },
            { from: 8, to: 10, reason: 'missing' },
            { from: 11, to: 12, reason: 'compacted' },
          ],
          events: 3,
          firstTime: 1004,
          lastTime: 1010,
        },
      ],
    });
    log.close();
  });

  it('stores nothing without a commit', () => {
    write([0, 1]);
    const writer = createArchiveWriter(path, { source: 'cluster' });
    writer.partition(partition).append(event(2));
    writer.setProgress('p', 1);
    writer.close();
    const again = createArchiveWriter(path, { source: 'cluster' });
    expect(again.partition(partition).next).toBe(2);
    expect(again.progress('p')).toBeUndefined();
    again.close();
  });

  it('notices that another process wrote meanwhile', () => {
    write([0]);
    const one = createArchiveWriter(path, { source: 'cluster' });
    const other = createArchiveWriter(path, { source: 'cluster' });
    one.partition(partition).append(event(1));
    other.partition(partition).append(event(1));
    one.commit();
    expect(() => other.commit()).toThrow(expect.objectContaining({ code: 'locked-by-another-process' }));
    one.close();
    other.close();
    expect(describeArchive(path).events).toBe(2);
  });

  it('lets a reader see what was committed while it is open', () => {
    write([0, 1]);
    const log = openArchive(path);
    expect(readPlain(log, partition, 0, 10)).toHaveLength(2);
    write([2]);
    expect(readPlain(log, partition, 0, 10)).toHaveLength(3);
    log.close();
  });

  it('cuts long partitions into segments of about 500 and finds ranges by time', () => {
    write(Array.from({ length: 2600 }, (_, i) => i));
    const { segments, events } = describeArchive(path);
    expect({ segments, events }).toEqual({ segments: 6, events: 2600 });
    const log = openArchive(path);
    expect(log.offsetsBetween(partition, 1600, 1601)).toEqual({ from: 500, to: 1000 });
    expect(log.offsetsBetween(partition, 0, 1000)).toBeNull();
    expect(log.read({ ...partition, from: 499, to: 501 }).next()?.count).toBe(1);
    log.close();
  });

  it('cannot be changed through SQL, and not added to once it is sealed', async () => {
    write([0, 1, 2]);
    const db = new Database(path);
    for (const table of ['segment', 'partition']) {
      expect(() => db.exec(`DELETE FROM ${table}`)).toThrow('immutable');
    }
    expect(() => db.exec('UPDATE segment SET events = 0')).toThrow('immutable');
    db.close();
    const first = sealArchive(path);
    expect(first.already).toBe(false);
    expect(sealArchive(path)).toEqual({ ...first, already: true });
    expect(() => createArchiveWriter(path, { source: 'cluster' })).toThrow(
      expect.objectContaining({ code: 'operation-not-allowed' }),
    );
    const sealed = new Database(path);
    expect(() => sealed.exec('UPDATE partition SET events = 0')).toThrow('sealed');
    expect(() => sealed.exec('UPDATE archive SET sealed = 0')).toThrow('sealed');
    sealed.close();
    expect(await verifyArchive(path)).toMatchObject({ ok: true, sealed: true, digest: first.digest, events: 3 });
  });

  it('refuses values above the limits, and keeps those just below', () => {
    const writer = createArchiveWriter(path, { source: 'cluster' });
    const orders = writer.partition(partition);
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(orders.append(event(0, { value: nested(1000) }))).toBe('appended');
    for (const value of [nested(1001), nested(100_000), Buffer.alloc(16 * 1024 * 1024 + 1, 0x31)]) {
      expect(() => orders.append(event(1, { value }))).toThrow(
        expect.objectContaining({
          code: 'size-limit-exceeded',
          message: expect.stringContaining('orders[0]@1') as string,
        }),
      );
    }
    expect(orders.append(event(1, { value: Buffer.alloc(16 * 1024 * 1024, 0x31) }))).toBe('appended');
    writer.close();
  });

  it('is made for one source', () => {
    write([0]);
    expect(() => createArchiveWriter(path, { source: 'clutser' })).toThrow(
      expect.objectContaining({ code: 'invalid-configuration' }),
    );
  });
});
