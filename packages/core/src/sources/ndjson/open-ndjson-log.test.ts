import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { envelopeLine } from '../../testing/envelope-lines.js';
import { describeEventLogContract } from '../../testing/event-log-contract.js';
import type { LogContent } from '../../testing/event-log-content.js';
import { seenEvents } from '../../testing/read-events.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { codeOf } from '../../testing/test-framework.js';
import type { EventMapping } from '../rows/event-mapping.js';
import type { EventLog } from '../../model/log/event-log.js';
import { openNdjsonLog, type NdjsonLogOptions } from './open-ndjson-log.js';

const envelope: EventMapping = { form: 'envelope' };
const framework = { describe, it, expect };

function withFolder(
  name: string,
  pageSize: number,
  write: (folder: ScratchFolder, lines: readonly string[]) => readonly string[],
): void {
  describeEventLogContract(framework, name, (content: LogContent) => {
    const folder = scratchFolder();
    const files = write(folder, content.rows.map(envelopeLine));
    return { log: openNdjsonLog(files, envelope, { pageSize }), dispose: () => folder.remove() };
  });
}

withFolder('NDJSON, one file, pages of 7', 7, (folder, lines) => [folder.file('a.ndjson', `${lines.join('\n')}\n`)]);
withFolder('NDJSON, CRLF, no last line end', 1000, (folder, lines) => [folder.file('a.jsonl', lines.join('\r\n'))]);
withFolder('NDJSON, gzip and plain', 10, (folder, lines) => [
  folder.file('a.ndjson.gz', gzipSync(`${lines.slice(0, 33).join('\n')}\n`)),
  folder.file('b.ndjson', ''),
  folder.file('c.ndjson', lines.slice(33).join('\n')),
]);
withFolder('NDJSON, every line twice, mixed', 10, (folder, lines) => [
  folder.file('a.ndjson', `${lines.slice(0, 50).join('\n')}\n${lines.slice(10, 50).join('\n')}`),
  folder.file('b.ndjson', lines.slice(20).join('\n')),
]);
withFolder('NDJSON, a file a partition', 10, (folder, lines) => {
  const byPartition = new Map<string, string[]>();
  for (const line of lines) {
    const { topic, partition } = JSON.parse(line) as { topic: string; partition: number };
    const name = `${topic}-${partition}.ndjson`;
    byPartition.set(name, [...(byPartition.get(name) ?? []), line]);
  }
  return [...byPartition].map(([name, list]) => folder.file(name, list.join('\n')));
});

describe('openNdjsonLog', () => {
  async function withLog(
    rows: readonly Record<string, unknown>[],
    mapping: EventMapping,
    body: (log: EventLog) => Promise<void>,
    options: NdjsonLogOptions = {},
  ): Promise<void> {
    const folder = scratchFolder();
    try {
      const log = openNdjsonLog(
        [folder.file('a.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'))],
        mapping,
        options,
      );
      await body(log);
      log.close();
    } finally {
      folder.remove();
    }
  }

  const byColumn: EventMapping = {
    source: 's',
    topic: 't',
    partition: { column: 'p' },
    offset: { column: 'o' },
    key: { column: 'k', optional: true },
  };

  it('finds gaps, a late beginning and repeats', () =>
    withLog(
      [5, 6, 6, 9, 5, 10].map((o) => ({ p: 1, o })),
      byColumn,
      async (log) => {
        expect((await log.describe()).partitions).toEqual([
          {
            source: 's',
            topic: 't',
            incarnation: '',
            partition: 1,
            beginning: 2,
            range: { from: 5, to: 11 },
            holes: [{ from: 7, to: 9, reason: 'missing' }],
            events: 4,
            firstTime: null,
            lastTime: null,
            repeated: 2,
          },
        ]);
      },
      { beginnings: [{ partition: 1, offset: 2 }] },
    ));

  it.each([8, 120])(
    'reads %i partitions one after the other at the cost of two passes over the file',
    async (partitions) => {
      const rows = Array.from({ length: 2400 }, (_, n) => ({ p: n % partitions, o: Math.floor(n / partitions) }));
      await withLog(rows, byColumn, async (log) => {
        const parse = vi.spyOn(JSON, 'parse');
        try {
          const description = await log.describe();
          let events = 0;
          for (const { range, ...partition } of description.partitions) {
            const reader = log.read({ ...partition, ...range });
            for (let page = await reader.next(); page !== null; page = await reader.next()) events += page.count;
            reader.close();
          }
          expect(events).toBe(rows.length);
          expect(parse.mock.calls.length).toBeLessThanOrEqual(2 * rows.length);
        } finally {
          parse.mockRestore();
        }
      });
    },
  );

  it('lists the empty partitions that the mapping implies', () =>
    withLog(
      [{ k: 'a' }],
      { source: 's', topic: 't', partition: { hash: 'k', count: 4 }, offset: 'assigned' },
      async (log) => {
        const { partitions } = await log.describe();
        expect(partitions.map(({ partition, events }) => [partition, events])).toHaveLength(4);
        expect(partitions.reduce((sum, { events }) => sum + events, 0)).toBe(1);
      },
    ));

  it('refuses offsets that fall, and says what to do', () =>
    withLog(
      [4, 6, 5].map((o) => ({ p: 0, o })),
      byColumn,
      async (log) => {
        await expect(async () => log.describe()).rejects.toMatchObject({
          code: 'offsets-out-of-order',
          message: expect.stringContaining('a.ndjson, line 3 (byte 28): t[0]@5 comes after @6') as string,
          hint: expect.stringContaining('archive import') as string,
        });
      },
    ));

  it('refuses repeats that contradict each other, wherever they stand', async () => {
    const rows = [1, 2, 3].map((o) => ({ p: 0, o, k: 'a' }));
    const wrong = { p: 0, o: 2, k: 'b' };
    for (const input of [
      [...rows, wrong],
      [...rows, rows[1] ?? {}, wrong],
    ]) {
      await withLog(input, byColumn, async (log) => {
        expect(await codeOf(() => log.describe())).toBe('conflicting-events');
        expect(
          await codeOf(() =>
            log.read({ source: 's', topic: 't', incarnation: '', partition: 0, from: 0, to: 9 }).next(),
          ),
        ).toBe('conflicting-events');
      });
    }
  });

  it('has another fingerprint for another content, order or mapping, and the same for the same bytes elsewhere', async () => {
    const print = async (contents: readonly string[], mapping: EventMapping = byColumn): Promise<string | null> => {
      const folder = scratchFolder();
      try {
        const files = contents.map((content, index) => folder.file(`${index}.ndjson`, content));
        return (await openNdjsonLog(files, mapping).describe()).fingerprint;
      } finally {
        folder.remove();
      }
    };
    const rows = (middle: number): string => `{"p":0,"o":0,"v":1}\n{"p":0,"o":1,"v":${middle}}\n{"p":0,"o":2,"v":1}\n`;
    const other = '{"p":1,"o":0}\n';
    const first = await print([rows(1)]);
    expect(await print([rows(1)])).toBe(first);
    expect(await print([rows(2)])).not.toBe(first);
    expect(await print([`${rows(1)}{"p":0,"o":3}\n`])).not.toBe(first);
    expect(await print([rows(1)], { ...byColumn, source: 'elsewhere' })).not.toBe(first);
    expect(await print([rows(1), other])).not.toBe(await print([other, rows(1)]));
    // Repeats are read twice, but count once.
    expect(await print([rows(1) + rows(1)])).toBe(await print([rows(1) + rows(1)]));
    expect(await print([rows(1) + rows(1)])).not.toBe(first);
  });

  it('refuses what is not NDJSON', async () => {
    expect(await codeOf(() => openNdjsonLog(['a.csv'], byColumn))).toBe('invalid-argument');
    expect(await codeOf(() => openNdjsonLog(['/nowhere/a.ndjson'], byColumn))).toBe('file-unavailable');
  });

  it('reads any range of any partition, however the partitions are mixed and the readers take turns', async () => {
    // Pages, marks and bounds are far smaller than the content, so that streams are shared, left behind and joined again.
    const folder = scratchFolder();
    const generated = fc.record({
      partitions: fc.integer({ min: 1, max: 4 }),
      turns: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 30, maxLength: 60 }),
      skew: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 }),
      froms: fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 4, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(generated, async ({ partitions, turns, skew, froms }) => {
        const lines = Array.from({ length: 12_000 }, (_, row) =>
          JSON.stringify({
            p: (skew[Math.floor(row / 2000) % skew.length] ?? 0) % 2 === 0 ? row % partitions : 0,
            row,
          }),
        );
        const file = folder.file('mixed.ndjson', lines.join('\n'));
        const mapping: EventMapping = {
          source: 's',
          topic: 't',
          partition: { column: 'p' },
          offset: 'assigned',
          rowNumber: 'number',
        };
        const log = openNdjsonLog([file], mapping, { pageSize: 500, bufferBytes: 1000 });
        const description = await log.describe();
        const readers = description.partitions.map((partition, index) => {
          const from = froms[index] ?? 0;
          return {
            partition,
            from,
            reader: log.read({ ...partition, from, to: 1e9 }),
            next: from,
            rows: [] as number[],
          };
        });
        const pull = async (index: number): Promise<boolean> => {
          const one = readers[index % readers.length];
          const page = await one?.reader.next();
          if (one === undefined || page === null || page === undefined) return false;
          // Compared as a whole: hundreds of thousands of events, each expected by itself, would take most of the time.
          const values = page.values.slice(0, page.count) as { row: number; number: number }[];
          expect(Array.from(page.offsets).slice(0, page.count)).toEqual(values.map((_, place) => one.next + place));
          expect(values.map(({ number }) => number)).toEqual(values.map(({ row }) => row));
          one.next += page.count;
          one.rows.push(...values.map(({ row }) => row));
          return true;
        };
        for (const turn of turns) await pull(turn);
        for (const index of readers.keys()) while (await pull(index));
        for (const { partition, from, next, rows } of readers) {
          expect(next).toBe(Math.max(from, partition.range.to));
          const all = lines.flatMap((line, row) =>
            (JSON.parse(line) as { p: number }).p === partition.partition ? [row] : [],
          );
          expect(rows).toEqual(all.slice(from));
        }
        const [first] = description.partitions;
        if (first !== undefined) {
          expect(await seenEvents(log, { ...first, from: 17, to: 20 })).toEqual([17, 18, 19]);
        }
        log.close();
      }),
      { numRuns: 15 },
    );
    folder.remove();
  });
});
