import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventLog, LogLocator, ReadRequest } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { LogContent } from '../../testing/event-log-content.js';
import { describeEventLogContract } from '../../testing/event-log-contract.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
// The built package: the thread runs it, and opens logs by their locators.
import { createArchiveWriter, openArchive } from '../../../dist/archive.js';
import { openNdjsonLog } from '../../../dist/index.js';
import { openLogsAhead } from '../../../dist/engine/read-ahead/open-logs-ahead.js';

const id = { source: 's', topic: 't', incarnation: '', partition: 0 };

async function ahead(log: Pick<EventLog, 'locator'>): Promise<EventLog> {
  const [opened] = await openLogsAhead([log.locator as LogLocator], { bytes: true });
  return opened as EventLog;
}

type StoredValue = string | Buffer | null;

interface StoredEvent {
  readonly key: string | Buffer | null;
  readonly headers: readonly (readonly [string, string])[] | null;
  readonly value: StoredValue;
}

function writeArchive(folder: ScratchFolder, name: string, events: readonly StoredEvent[]): string {
  const path = folder.file(name);
  const writer = createArchiveWriter(path, { source: 's' });
  const partition = writer.partition(id);
  for (const [offset, event] of events.entries()) {
    partition.append({ offset, time: offset % 7 === 0 ? NaN : offset, timeType: null, ...event });
  }
  writer.commit();
  writer.close();
  return path;
}

/** Everything that a page tells. */
function contentOf(page: EventPage): unknown {
  const each = <Result>(tell: (index: number) => Result): Result[] =>
    Array.from({ length: page.count }, (_, i) => tell(i));
  const base64 = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('base64'));
  return {
    offsets: Array.from(page.offsets),
    timestamps: Array.from(page.timestamps),
    keys: [...page.keys],
    headers: page.headers,
    values: page.values,
    undecodable: page.undecodable,
    inexact: page.inexact,
    isExactJson: page.isExactJson,
    keyBytes: each((index) => base64(page.keyBytes(index))),
    valueBytes: each((index) => base64(page.valueBytes(index))),
    valueTexts: each((index) => page.valueText(index)),
  };
}

/** All pages of a read, and how it ended. */
async function everything(log: EventLog, range: Pick<ReadRequest, 'from' | 'to'>) {
  const told: unknown[] = [];
  const reader = log.read({ ...id, ...range, onHole: (hole) => void told.push(hole) });
  try {
    for (let page = await reader.next(); page !== null; page = await reader.next()) told.push(contentOf(page));
    told.push('end');
  } catch (error) {
    const { code, message, hint, details } = error as Record<string, unknown>;
    told.push({ code, message, hint, details });
  }
  reader.close();
  return told;
}

describeEventLogContract({ describe, it, expect }, 'archive, read ahead', async (content: LogContent) => {
  const folder = scratchFolder();
  const path = folder.file('content.archive');
  const writer = createArchiveWriter(path, { source: content.source, id: 'contract' });
  for (const { offset, time, key, keyBytes, headers, value, ...partition } of content.rows) {
    writer
      .partition(partition)
      .append({ offset, time: time ?? NaN, timeType: null, key: key ?? keyBytes, headers, value });
  }
  writer.commit();
  writer.close();
  const here = openArchive(path);
  const log = await ahead(here);
  here.close();
  return { log, dispose: folder.remove };
});

describe('a log that is read ahead', () => {
  it('gives pages that tell the same as those of the log', async () => {
    const folder = scratchFolder();
    let archives = 0;
    const json = fc.json({ maxDepth: 3 });
    const shaped = fc
      .record({ id: fc.string(), amount: fc.double({ noNaN: true, noDefaultInfinity: true }), more: fc.jsonValue() })
      .map((value) => JSON.stringify(value));
    const odd = fc.constantFrom<StoredValue>(
      '{"a":-0}',
      '[-0,[{"x":-0}]]',
      '{"__proto__":{"x":1}}',
      '{ "a": 1 }',
      '12345678901234567890',
      '{"deep":{"n":0.1234567890123456789012}}',
      '1e300',
      'not JSON',
      '',
      'null',
      null,
      Buffer.from([0xff, 0xfe]),
      '"\\ud800"',
    );
    const values = fc.oneof(
      fc.array(shaped, { maxLength: 20 }),
      fc.array(fc.oneof(shaped, json, odd), { maxLength: 20 }),
    );
    const key = fc.constantFrom<StoredEvent['key']>(null, 'ä', 'k', Buffer.from([0xff]));
    const headers = fc.constantFrom<StoredEvent['headers']>(null, [['h', 'v']]);
    try {
      await fc.assert(
        fc.asyncProperty(
          values,
          fc.array(fc.tuple(key, headers), { minLength: 1, maxLength: 5 }),
          async (all, rest) => {
            const events = all.map((value, n): StoredEvent => {
              const [of, with_] = rest[n % rest.length] as (typeof rest)[number];
              return { key: of, headers: with_, value };
            });
            const here = openArchive(writeArchive(folder, `${archives++}.archive`, events));
            const there = await ahead(here);
            for (const range of [
              { from: 0, to: all.length },
              { from: 1, to: Math.max(1, all.length - 1) },
            ]) {
              expect(await everything(there, range)).toStrictEqual(await everything(here, range));
            }
            here.close();
            there.close();
          },
        ),
        { numRuns: Number(process.env['EVENTMEND_RUNS'] ?? 12), seed: Number(process.env['EVENTMEND_SEED'] ?? 65) },
      );
    } finally {
      folder.remove();
    }
  });

  it('gives the same pages of NDJSON files', async () => {
    const folder = scratchFolder();
    const file = folder.file('a.ndjson');
    const rows = Array.from({ length: 3000 }, (_, n) => ({ p: n % 2, o: n >> 1, t: n, v: { n, text: `x${n % 5}` } }));
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
    const column = (name: string) => ({ column: name });
    const mapping = {
      source: 's',
      topic: 't',
      partition: column('p'),
      offset: column('o'),
      value: column('v'),
    } as const;
    const here = openNdjsonLog([file], mapping);
    const there = await ahead(here);
    const { partitions } = await here.describe();
    expect((await there.describe()).partitions).toEqual(partitions);
    expect(await everything(there, { from: 0, to: 1500 })).toStrictEqual(await everything(here, { from: 0, to: 1500 }));
    here.close();
    there.close();
    folder.remove();
  });

  it('tells of a damaged segment behind the pages in front of it', async () => {
    const folder = scratchFolder();
    for (const form of ['columns', 'text']) {
      const value = (n: number): string => (form === 'text' ? `{ "n": ${n} }` : JSON.stringify({ n }));
      const events = Array.from({ length: 2000 }, (_, n) => ({ key: null, headers: null, value: value(n) }));
      const path = writeArchive(folder, `${form}.archive`, events);
      const db = new Database(path);
      const name = 'segment_no_update';
      const guard = db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(name) as string;
      db.exec(`DROP TRIGGER ${name}; UPDATE segment SET value_bytes = zeroblob(9) WHERE sequence = 2; ${guard}`);
      db.close();
      const here = openArchive(path);
      const there = await ahead(here);
      const expected = await everything(here, { from: 0, to: 2000 });
      expect(expected.at(-1), form).toMatchObject({ code: 'corrupt-archive-segment' });
      expect(await everything(there, { from: 0, to: 2000 })).toStrictEqual(expected);
      here.close();
      there.close();
    }
    folder.remove();
  });
});

describe('a log whose thread comes to a bad end', () => {
  const module = new URL('../../../test/processes/failing-log-module.mjs', import.meta.url).href;
  const failing = (how: string, at = 42) => ahead({ locator: { module, options: { how, at } } });
  const range = { from: 0, to: 100 };
  const offsetsIn = (told: readonly unknown[]) =>
    told.flatMap((one) =>
      typeof one === 'object' && one !== null && 'offsets' in one ? (one.offsets as number[]) : [],
    );

  it('is never a shorter log', async () => {
    for (const how of ['exit', 'stray']) {
      const log = await failing(how);
      const told = await everything(log, range);
      expect(told.at(-1), how).toMatchObject({ code: 'reading-thread-ended' });
      expect(offsetsIn(told).every((offset) => offset < 42)).toBe(true);
      await expect(Promise.resolve().then(() => log.read({ ...id, ...range }).next())).rejects.toMatchObject({
        code: 'reading-thread-ended',
      });
      log.close();
    }
  });

  it('fails where the log fails, behind every page in front', async () => {
    const log = await failing('throw');
    const told = await everything(log, range);
    expect(told.at(-1)).toMatchObject({ message: 'this page is broken' });
    expect(offsetsIn(told).at(-1)).toBe(41);
    await expect(log.describe()).rejects.toThrow('nobody knows');
    log.close();
  });

  it('fails to open where the log does', async () => {
    await expect(failing('unopened')).rejects.toThrow('there is no such log');
  });

  it('tells of each hole in front of the page behind it', async () => {
    for (const how of ['whole', 'promise']) {
      const log = await failing(how);
      const told = await everything(log, range);
      const places = told.map((one) => offsetsIn([one])[0] ?? (one as { from?: number }).from ?? one);
      expect(places, how).toEqual([...Array.from({ length: 100 }, (_, n) => n), 'end']);
      log.close();
    }
  });
});
