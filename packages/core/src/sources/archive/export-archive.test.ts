import fc from 'fast-check';
import { createWriteStream, readFileSync, rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRows } from '../rows/open-rows.js';
import { arbitraryEvents } from '../../../test/archive/arbitrary-events.js';
import { readPlain } from '../../../test/archive/plain-reading.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { createArchiveWriter } from './archive-writer.js';
import { exportArchive } from './export-archive.js';
import { importIntoArchive } from './import/import-into-archive.js';
import { openArchive } from './open-archive.js';

describe('exporting an archive', () => {
  let folder: ScratchFolder;
  beforeEach(() => void (folder = scratchFolder()));
  afterEach(() => folder.remove());

  const exportTo = async (path: string, file: string): Promise<void> => {
    const output = createWriteStream(file);
    await exportArchive(path, output);
    output.end();
    await finished(output);
  };

  it('writes lines that bring every event back byte by byte', async () => {
    const [first, second, lines] = ['one.archive', 'two.archive', 'lines.ndjson'].map((name) => folder.file(name)) as [
      string,
      string,
      string,
    ];
    const partitions = [0, 7].map((partition) => ({
      source: 'cluster',
      topic: 'a "topic"',
      incarnation: 'x',
      partition,
    }));
    await fc.assert(
      fc.asyncProperty(arbitraryEvents, async (events) => {
        fc.pre(events.length > 0);
        for (const path of [first, second, lines]) rmSync(path, { force: true });
        const writer = createArchiveWriter(first, { source: 'cluster' });
        for (const partition of partitions) for (const event of events) writer.partition(partition).append(event);
        writer.commit();
        writer.close();
        await exportTo(first, lines);
        const result = await importIntoArchive(second, [await openRows(lines)], { form: 'envelope' });
        expect(result).toMatchObject([{ events: events.length * 2 }]);
        const [a, b] = [openArchive(first), openArchive(second)];
        expect(b.describe().partitions).toEqual(a.describe().partitions);
        for (const partition of partitions) {
          const read = { ...partition, from: 0, to: Number.MAX_SAFE_INTEGER };
          expect(readPlain(b, read, 0, read.to)).toEqual(readPlain(a, read, 0, read.to));
        }
        a.close();
        b.close();
        const again = folder.file('again.ndjson');
        await exportTo(second, again);
        expect(readFileSync(again, 'utf8')).toBe(readFileSync(lines, 'utf8'));
      }),
      { numRuns: 60 },
    );
  });
});
