import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import { scratchFolder, type ScratchFolder } from '../../../testing/scratch-folder.js';
import { compileMapping } from '../../rows/compile-mapping.js';
import type { EventMapping } from '../../rows/event-mapping.js';
import { openRows } from '../../rows/open-rows.js';
import { openNdjsonLog } from '../../ndjson/open-ndjson-log.js';
import { describeArchive } from '../describe-archive.js';
import { verifyArchive } from '../verify-archive.js';
import { readBeginnings } from './read-beginnings.js';
import { importIntoArchive, type ImportOptions } from './import-into-archive.js';

const numbered: EventMapping = {
  source: 's',
  topic: 't',
  partition: { column: 'p' },
  offset: 'assigned',
  key: 'k',
  time: { column: 'at' },
};
const untimed: EventMapping = { ...numbered, time: null };
const identified: EventMapping = { ...untimed, id: 'k' };

const at = (second: number, k = 'a', p = 0): string =>
  JSON.stringify({ p, k, at: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString() });
const rising = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => at(from + index));

const refused = 'offsets-out-of-order';

describe('an import of files that share events', () => {
  let folder: ScratchFolder;
  let archive: string;
  beforeEach(() => {
    folder = scratchFolder();
    archive = folder.file('a.archive');
  });
  afterEach(() => {
    folder.remove();
  });

  const ndjson = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

  function write(name: string, lines: readonly string[]): string {
    const path = folder.file(name);
    if (name.endsWith('.gz')) writeFileSync(path, gzipSync(ndjson(lines)));
    else if (name.endsWith('.csv')) {
      const rows = lines.map((line) => Object.values(JSON.parse(line) as Record<string, unknown>).join(','));
      writeFileSync(path, ndjson(['p,k,at', ...rows]));
    } else writeFileSync(path, ndjson(lines));
    return path;
  }

  /** How many events the archive has then, or the code of the error. */
  async function importFiles(
    paths: readonly string[],
    mapping = numbered,
    options: ImportOptions = {},
  ): Promise<number | string> {
    try {
      const rows = await Promise.all(paths.map((path) => openRows(path)));
      await importIntoArchive(archive, rows, mapping, { damage: 'keep', ...options });
      return describeArchive(archive).events;
    } catch (error) {
      if (!isRecoveryError(error)) throw error;
      return error.code;
    }
  }

  /** Imports the files one by one, each in a call of its own, into a new archive. */
  async function eachAlone(files: readonly (readonly string[])[], mapping = numbered, options: ImportOptions = {}) {
    archive = folder.file(`${Math.random()}.archive`);
    let answer: number | string = 0;
    for (const [number, lines] of files.entries()) {
      answer = await importFiles([write(`${number}.ndjson`, lines)], mapping, options);
      if (typeof answer === 'string') return answer;
    }
    return answer;
  }

  it.each(['ndjson', 'ndjson.gz', 'csv'])(
    'is refused where they overlap, and leaves the archive as it was: %s',
    async (ending) => {
      const [first, second] = [write(`1.${ending}`, rising(0, 9)), write(`2.${ending}`, rising(8, 20))];
      expect(await importFiles([first])).toBe(9);
      const before = describeArchive(archive);
      const error: unknown = await importIntoArchive(archive, [await openRows(second)], numbered).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({
        code: refused,
        exitCode: 1,
        message: `${second}, ${ending === 'csv' ? 'row' : 'line'} 1${ending === 'csv' ? '' : ' (byte 0)'}: the first event of t[0] in this file is in the archive (from offset 8 on) already, to the letter, and would count twice`,
        hint: expect.stringContaining('nothing of this file was imported') as string,
        details: { file: second, partition: 0, events: 1 },
      });
      expect(describeArchive(archive)).toEqual(before);
      // Without what it shares it is taken, by the same name.
      expect(await importFiles([write(`2.${ending}`, rising(9, 20))])).toBe(20);
      expect(await verifyArchive(archive)).toMatchObject({ ok: true });
    },
  );

  it('takes the files of one call up to the one that is refused', async () => {
    const paths = [
      write('1.ndjson', rising(0, 9)),
      write('2.ndjson', rising(8, 20)),
      write('3.ndjson', rising(20, 25)),
    ];
    expect(await importFiles(paths)).toBe(refused);
    expect(describeArchive(archive)).toMatchObject({ events: 9, imports: [{ file: paths[0], state: 'finished' }] });
    write('2.ndjson', rising(9, 20));
    expect(await importFiles(paths)).toBe(25);
  });

  it('is refused however many events they share, and whatever is confirmed', async () => {
    for (const acceptFallingTimes of [false, true]) {
      expect(await eachAlone([rising(0, 3000), rising(1000, 4000)], numbered, { acceptFallingTimes })).toBe(refused);
      // One lies in the other, at its beginning, in its middle, at its end, or is all of it and more.
      for (const [from, to] of [
        [0, 700],
        [900, 1600],
        [2500, 3000],
        [0, 5000],
      ] as const) {
        expect(await eachAlone([rising(0, 3000), rising(from, to)], numbered, { acceptFallingTimes })).toBe(refused);
      }
    }
  });

  it('still refuses times that fall where no event is shared, and takes them where they are confirmed', async () => {
    expect(await eachAlone([rising(10, 20), rising(0, 10)])).toBe('times-out-of-order');
    expect(await eachAlone([rising(10, 20), rising(0, 10)], numbered, { acceptFallingTimes: true })).toBe(20);
    // The same moment, and others before and behind it: the files of two devices.
    const other = [...rising(0, 3), at(2, 'b'), at(3)];
    expect(await eachAlone([rising(0, 10), other], numbered, { acceptFallingTimes: true })).toBe(15);
    // Told apart only behind the end of a segment of the archive.
    const late = [...rising(495, 500), at(500, 'b')];
    expect(await eachAlone([rising(0, 1200), late], numbered, { acceptFallingTimes: true })).toBe(1206);
  });

  it('judges each partition for itself, however the files mix them', async () => {
    const first = [at(1), at(2, 'x', 0), at(2, 'y', 1)];
    expect(await eachAlone([first, [at(2, 'y', 1), at(2, 'x', 0), at(3)]])).toBe(refused);
    expect(await eachAlone([first, [at(2, 'z', 0), at(2, 'y', 1), at(3)]])).toBe(refused);
    expect(await eachAlone([first, [at(2, 'x', 1), at(2, 'y', 0), at(3)]])).toBe(6);
  });

  it('takes what happened twice inside of a file, and what is said again later', async () => {
    expect(
      await eachAlone([
        [at(1), at(1), at(2), at(2)],
        [at(3), at(3)],
      ]),
    ).toBe(6);
    expect(
      await eachAlone([
        [at(1), at(2, 'c'), at(2)],
        [at(2, 'c'), at(2, 'd')],
      ]),
    ).toBe(5);
    expect(
      await eachAlone([
        [at(1), at(2)],
        [at(2, 'b'), at(3)],
      ]),
    ).toBe(4);
  });

  it('goes by ids where there are no times, and takes what tells neither', async () => {
    const [first, second] = [
      [at(1, 'a'), at(2, 'b')],
      [at(2, 'b'), at(3, 'c')],
    ];
    expect(await eachAlone([first, second], identified)).toBe(refused);
    expect(await eachAlone([first, second], untimed)).toBe(4);
    expect(await eachAlone([first, [at(3, 'c'), at(2, 'b')]], identified)).toBe(4);
  });

  it('takes a file once, whatever it is called and however it is compressed', async () => {
    const lines = rising(0, 9);
    const [plain, copy, packed] = [write('1.ndjson', lines), write('2.ndjson', lines), write('3.ndjson.gz', lines)];
    expect(await importFiles([plain, plain, copy])).toBe(9);
    expect(await importFiles([plain])).toBe(9);
    expect(await importFiles([packed])).toBe(refused);
    // Where events tell nothing, all of them together do.
    for (const order of [
      [plain, packed],
      [packed, plain],
    ]) {
      archive = folder.file(`untimed-${order[0] === plain}.archive`);
      expect(await importFiles(order.slice(0, 1), untimed)).toBe(9);
      expect(await importFiles(order.slice(1), untimed)).toBe(refused);
      expect(describeArchive(archive).events).toBe(9);
      expect(await importFiles(order.slice(0, 1), untimed)).toBe(9);
    }
  });

  it('sees events that differ by the number of their row alone', async () => {
    const withRows: EventMapping = { ...numbered, rowNumber: 'a.row' };
    const files = [rising(0, 600), rising(599, 700)];
    expect(await eachAlone(files, withRows)).toBe(refused);
    expect(await eachAlone([rising(0, 600), rising(600, 700)], withRows)).toBe(700);
    const paths = files.map((lines, number) => write(`${number}.ndjson`, lines));
    await expect(openNdjsonLog(paths, withRows).describe()).rejects.toMatchObject({ code: refused });
  });

  it('is refused where a part of the file was imported under another name', async () => {
    const lines = rising(0, 5000);
    const path = write('1.ndjson', [...lines, at(0), 'not json']);
    expect(await importFiles([path], numbered, { damage: 'refuse', commitBytes: 1000 })).toBe('unreadable-row');
    expect(describeArchive(archive).events).toBeGreaterThan(0);
    expect(await importFiles([write('2.ndjson', lines)])).toBe(refused);
  });

  it('looks behind damaged lines', async () => {
    const path = write('1.ndjson', rising(0, 9));
    expect(await importFiles([path])).toBe(9);
    expect(await importFiles([write('2.ndjson', ['{"p":0,"k', ...rising(7, 12)])])).toBe(refused);
  });

  it('does not look through a file of which it can read nothing', async () => {
    const reads = { rows: 0 };
    const lost = await openRows(
      write(
        '2.ndjson',
        Array.from({ length: 200_000 }, () => '{"p":0,"k":"a","at":true}'),
      ),
    );
    const counted: typeof lost = {
      ...lost,
      open(from, onDamage) {
        const reader = lost.open(from, onDamage);
        return {
          ...reader,
          next() {
            const batch = reader.next();
            if (batch !== null && !(batch instanceof Promise)) reads.rows += batch.count;
            return batch;
          },
        };
      },
    };
    await expect(readBeginnings(counted, compileMapping(numbered))).resolves.toEqual([]);
    expect(reads.rows).toBeLessThan(10_000);
  });

  it('judges as a log straight over the files does', async () => {
    const cases: readonly (readonly (readonly string[])[])[] = [
      [rising(0, 5), rising(4, 9)],
      [rising(0, 5), rising(5, 9)],
      [
        [at(1), at(2, 'x'), at(2, 'y')],
        [at(2, 'x'), at(2, 'y')],
      ],
      [[at(1), at(2, 'x'), at(2, 'y')], [at(2, 'x')]],
      [
        [at(1), at(2, 'x'), at(2, 'y')],
        [at(2, 'y'), at(2, 'x')],
      ],
      [
        [at(1), at(2, 'x'), at(2, 'y', 1)],
        [at(2, 'x'), at(3)],
      ],
      [
        [at(1), at(2, 'x'), at(2, 'y', 1)],
        [at(2, 'z'), at(2, 'y', 1)],
      ],
      [[at(2)], [at(2)], [at(2)]],
      [[at(2), at(2)], [], [at(2, 'b'), at(2)]],
    ];
    for (const files of cases) {
      const paths = files.map((lines, number) => write(`${number}.ndjson`, lines));
      const log = openNdjsonLog(paths, numbered);
      const direct = await (async () =>
        (await log.describe()).partitions.reduce((sum, { events }) => sum + events, 0))().catch(
        (error: unknown) => (error as { code: string }).code,
      );
      log.close();
      archive = folder.file(`${Math.random()}.archive`);
      // A plain copy is taken for the same file by an import, and is not doubled either.
      const isCopy = files.length === 3 && files[1]?.length === 1;
      expect(await importFiles(paths), JSON.stringify(files)).toBe(isCopy ? 1 : direct);
    }
  });

  it('counts repeats of explicit offsets, and gives none of two that contradict each other', async () => {
    const mapping: EventMapping = { ...numbered, offset: { column: 'o' }, time: null, key: null };
    const rows = (from: number, to: number, n = 0) =>
      Array.from({ length: to - from }, (_, index) => JSON.stringify({ p: 0, o: from + index, n }));
    expect(await importFiles([write('1.ndjson', rows(0, 10)), write('2.ndjson', rows(8, 12))], mapping)).toBe(12);
    expect(describeArchive(archive)).toMatchObject({ repeated: 2, damage: [] });
    const other = write('3.ndjson', rows(11, 13, 1));
    expect(await importFiles([other], mapping, { damage: 'refuse' })).toBe('conflicting-events');
    expect(describeArchive(archive).events).toBe(12);
    await importFiles([other], mapping);
    expect(describeArchive(archive)).toMatchObject({
      damage: [{ kind: 'contradiction' }],
      partitions: [{ events: 12, holes: [{ from: 11, to: 12, reason: 'damaged' }] }],
    });
  });
});
