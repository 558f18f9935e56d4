import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PageReader } from '../../model/log/event-log.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import type { EventMapping } from '../rows/event-mapping.js';
import { openNdjsonLog } from './open-ndjson-log.js';

const mapping: EventMapping = {
  source: 's',
  topic: 't',
  partition: { column: 'p' },
  offset: { column: 'o' },
};

interface Row {
  readonly p: number;
  readonly size: number;
  readonly damaged: boolean;
}

describe('readers of several partitions of one file', () => {
  let folder: ScratchFolder;
  beforeEach(() => void (folder = scratchFolder()));
  afterEach(() => folder.remove());

  it('give what a plain loop gives, however they wait for each other, end early and come again', async () => {
    const row: fc.Arbitrary<Row> = fc.record({
      p: fc.nat(3),
      size: fc.oneof({ weight: 20, arbitrary: fc.nat(50) }, { weight: 1, arbitrary: fc.constant(70_000) }),
      damaged: fc.oneof({ weight: 20, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    });
    const reading = fc.record({
      p: fc.nat(3),
      from: fc.nat(40),
      length: fc.nat(80),
      pages: fc.nat(12),
      end: fc.boolean(),
    });
    const property = fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 250 }),
      fc.array(reading, { minLength: 1, maxLength: 8 }),
      fc.record({
        zip: fc.boolean(),
        pageSize: fc.integer({ min: 1, max: 30 }),
        bufferBytes: fc.constantFrom(1, 300_000),
      }),
      async (rows, readings, { zip, pageSize, bufferBytes }) => {
        const next = [0, 0, 0, 0];
        const healthy: { p: number; o: number; n: number }[] = [];
        const lines = rows.map(({ p, size, damaged }, n) => {
          const o = next[p] ?? 0;
          next[p] = o + 1;
          if (!damaged) healthy.push({ p, o, n });
          const whole = `{"p":${p},"o":${o},"n":${n},"pad":"${'x'.repeat(size)}"}`;
          return damaged ? whole.slice(0, -2) : whole;
        });
        fc.pre(healthy.length > 0);
        const content = Buffer.from(lines.join('\n') + '\n');
        const file = folder.file(zip ? 'a.ndjson.gz' : 'a.ndjson');
        writeFileSync(file, zip ? gzipSync(content) : content);
        const log = openNdjsonLog([file], mapping, { damage: 'keep', pageSize, bufferBytes });
        const known = new Set((await log.describe()).partitions.map(({ partition }) => partition));
        // All at once: none waits until another has its page.
        const all = await Promise.all(
          readings.map(async ({ p, from, length, pages, end }) => {
            const id = { source: 's', topic: 't', incarnation: '', partition: p };
            const reader: PageReader = log.read({ ...id, from, to: from + length });
            const seen: unknown[] = [];
            let whole = false;
            for (let count = 0; end || count < pages; count++) {
              const page = await reader.next();
              if ((whole = page === null)) break;
              expect(page.count).toBeGreaterThan(0);
              expect(page.count).toBeLessThanOrEqual(pageSize);
              for (let i = 0; i < page.count; i++) {
                seen.push([page.offsets[i], (page.values[i] as { n: number }).n]);
              }
            }
            reader.close();
            expect(await reader.next()).toBeNull();
            return { seen, whole };
          }),
        );
        for (const [index, { p, from, length }] of readings.entries()) {
          const expected = healthy
            .filter((event) => event.p === p && event.o >= from && event.o < from + length)
            .map(({ o, n }) => [o, n]);
          const { seen, whole } = all[index] as (typeof all)[number];
          expect(seen).toEqual(whole ? expected : expected.slice(0, seen.length));
          if (!known.has(p)) expect(seen).toEqual([]);
        }
        log.close();
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it('all fail where the file does, and none gives events behind it', async () => {
    const lines = Array.from({ length: 4_000 }, (_, index) => `{"p":${index % 2},"o":${Math.floor(index / 2)}}`);
    const whole = gzipSync(lines.join('\n'));
    const file = folder.file('a.ndjson.gz');
    writeFileSync(file, whole);
    const log = openNdjsonLog([file], mapping, { pageSize: 10 });
    await log.describe();
    writeFileSync(file, whole.subarray(0, whole.length - 200));
    const outcomes = await Promise.all(
      [0, 1, 0].map(async (partition) => {
        const reader = log.read({ source: 's', topic: 't', incarnation: '', partition, from: 0, to: 2_000 });
        let next = 0;
        try {
          for (let page = await reader.next(); page !== null; page = await reader.next()) {
            for (let i = 0; i < page.count; i++) expect(page.offsets[i]).toBe(next++);
          }
          return 'ended';
        } catch (error) {
          return (error as { code?: unknown }).code;
        } finally {
          reader.close();
        }
      }),
    );
    expect(outcomes.every((outcome) => outcome === 'unreadable-row' || outcome === 'input-file-changed')).toBe(true);
    log.close();
  });
});
