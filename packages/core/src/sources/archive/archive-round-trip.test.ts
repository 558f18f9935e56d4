import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arbitraryEvents } from '../../../test/archive/arbitrary-events.js';
import { expectedEvent, readPlain } from '../../../test/archive/plain-reading.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { createArchiveWriter } from './archive-writer.js';
import { openArchive } from './open-archive.js';
import { verifyArchive } from './verify-archive.js';

const partition = { source: 'cluster', topic: 'orders', incarnation: '', partition: 3 };

describe('an archive', () => {
  let folder: ScratchFolder;
  beforeEach(() => void (folder = scratchFolder()));
  afterEach(() => folder.remove());

  it('gives back every event byte by byte, whatever was written and however it was committed', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryEvents, fc.nat(20), fc.nat(70), fc.nat(70), async (events, every, a, b) => {
        const path = folder.file('any.archive');
        rmSync(path, { force: true });
        const writer = createArchiveWriter(path, { source: 'cluster' });
        const orders = writer.partition(partition);
        events.forEach((event, i) => {
          expect(orders.append(event)).toBe('appended');
          if (i % (every + 1) === every) writer.commit();
          if (i % 7 === 3) expect(orders.append(events[i - 2] ?? event)).toBe('repeated');
        });
        writer.commit();
        writer.close();

        const log = openArchive(path);
        const expected = events.map(expectedEvent);
        const end = (events.at(-1)?.offset ?? 0) + 1;
        expect(readPlain(log, partition, 0, end)).toEqual(expected);
        const offsets = [0, ...events.map((event) => event.offset), end];
        const from = offsets[a % offsets.length] ?? 0;
        const to = offsets[b % offsets.length] ?? 0;
        expect(readPlain(log, partition, from, to)).toEqual(
          expected.filter((event) => event.offset >= from && event.offset < to),
        );
        const [description] = log.describe().partitions;
        const gaps = events.slice(1).flatMap((event, i) => {
          const previous = (events[i]?.offset ?? 0) + 1;
          return event.offset > previous ? [{ from: previous, to: event.offset, reason: 'missing' }] : [];
        });
        expect(description).toMatchObject({ events: events.length, beginning: 0, holes: gaps });
        log.close();
        expect((await verifyArchive(path)).problems).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('stores values together only when each of them is JSON on its own', () => {
    const texts = ['1,2', '{"x":"', '"}', '3'];
    const writer = createArchiveWriter(folder.file('a'), { source: 'cluster' });
    const orders = writer.partition(partition);
    texts.forEach((value, offset) =>
      orders.append({ offset, time: NaN, timeType: null, key: null, headers: null, value }),
    );
    writer.commit();
    writer.close();
    const log = openArchive(folder.file('a'));
    expect(readPlain(log, partition, 0, 9).map((event) => event.decoded)).toEqual([
      'undecodable',
      'undecodable',
      'undecodable',
      '3',
    ]);
    log.close();
  });

  it('keeps __proto__ as data and tells a tombstone from the JSON null', () => {
    const writer = createArchiveWriter(folder.file('a'), { source: 'cluster' });
    const orders = writer.partition(partition);
    const values = ['{"__proto__":{"admin":true}}', 'null', null];
    values.forEach((value, offset) =>
      orders.append({ offset, time: NaN, timeType: null, key: '__proto__', headers: null, value }),
    );
    writer.commit();
    writer.close();
    const log = openArchive(folder.file('a'));
    const page = log.read({ ...partition, from: 0, to: 3 }).next();
    const first = page?.values[0] as Record<string, unknown>;
    expect(Object.getPrototypeOf(first)).toBe(Object.prototype);
    expect(Object.keys(first)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(page?.keys).toEqual(['__proto__', '__proto__', '__proto__']);
    expect(page?.values.slice(1)).toEqual([null, null]);
    expect(page?.valueBytes(1)).toEqual(Buffer.from('null'));
    expect(page?.valueBytes(2)).toBeNull();
    log.close();
  });
});
