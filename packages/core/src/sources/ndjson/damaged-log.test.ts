import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogDescription } from '../../model/log/event-log.js';
import type { EventMapping } from '../rows/event-mapping.js';
import { openNdjsonLog, type NdjsonLogOptions } from './open-ndjson-log.js';

const mapping: EventMapping = {
  source: 's',
  topic: 't',
  partition: { column: 'p' },
  offset: { column: 'o' },
  key: { column: 'k', optional: true },
};

const line = (p: number, o: number, more = ''): string => `{"p":${p},"o":${o},"k":"k${o}"${more}}`;

describe('a log with damaged rows', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'eventmend-damaged-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function opened(content: string | Buffer, as: EventMapping = mapping, options: NdjsonLogOptions = {}) {
    const file = join(folder, 'a.ndjson');
    writeFileSync(file, content);
    const log = openNdjsonLog([file], as, { damage: 'keep', ...options });
    const description = await log.describe();
    const offsets: Record<number, number[]> = {};
    for (const { source, topic, incarnation, partition, range } of description.partitions) {
      const list: number[] = (offsets[partition] = []);
      const reader = log.read({ source, topic, incarnation, partition, ...range });
      for (let page = await reader.next(); page !== null; page = await reader.next()) {
        list.push(...Array.from({ length: page.count }, (_, index) => page.offsets[index] as number));
      }
    }
    log.close();
    return { description, offsets };
  }

  const holesOf = ({ partitions }: LogDescription) =>
    Object.fromEntries(partitions.map(({ partition, holes }) => [partition, holes]));

  it('lists all lines that cannot be read with place and offsets, and gives the rest', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${line(0, 0)}\n{"p":0,"o":1,"t":"2026-01-0\n{"p":1,"o":0,"k":"b`),
      Buffer.from([0xff]),
      Buffer.from(`b"}\n${line(1, 1)}\n${line(0, 2)}\n`),
    ]);
    const { description, offsets } = await opened(bytes);
    expect(offsets).toEqual({ 0: [0, 2], 1: [1] });
    expect(holesOf(description)).toEqual({
      0: [{ from: 1, to: 2, reason: 'damaged' }],
      1: [{ from: 0, to: 1, reason: 'damaged' }],
    });
    expect(description.damage).toMatchObject({
      records: 2,
      described: [
        { kind: 'unreadable', at: { topic: 't', partition: 0, from: 1, to: 2 }, reason: 'not JSON' },
        { kind: 'unreadable', at: { topic: 't', partition: 1, from: 0, to: 1 }, reason: 'not valid UTF-8' },
      ],
    });
    expect(description.damage?.described[0]?.places[0]).toMatch(/a\.ndjson, line 2 \(byte 23\)$/);
  });

  it('believes neither of two rows that contradict each other, and both of two that agree', async () => {
    const rows = [line(0, 0), line(0, 0, ',"n":1'), line(0, 1), line(0, 1), line(0, 2)];
    const { description, offsets } = await opened(rows.join('\n'));
    expect(offsets).toEqual({ 0: [1, 2] });
    expect(description.partitions[0]).toMatchObject({
      range: { from: 0, to: 3 },
      holes: [{ from: 0, to: 1, reason: 'damaged' }],
      events: 2,
    });
    expect(description.damage).toMatchObject({ records: 1, described: [{ kind: 'contradiction' }] });
    expect(description.damage?.described[0]?.places).toHaveLength(2);
  });

  it('goes on behind a line above the limit and a row that the mapping does not fit', async () => {
    const large = `{"p":0,"o":1,"pad":"${'x'.repeat(17 * 1024 * 1024)}"}`;
    const { description, offsets } = await opened(
      [line(0, 0), large, line(0, 2), '{"p":0,"o":"x"}', line(0, 4)].join('\n'),
    );
    expect(offsets).toEqual({ 0: [0, 2, 4] });
    expect(description.damage?.described.map(({ kind }) => kind)).toEqual(['oversized', 'unreadable']);
    // Neither tells its offset, and the gaps are as large as the rows are many.
    expect(holesOf(description)[0]?.map(({ from, reason }) => [from, reason])).toEqual([
      [1, 'damaged'],
      [3, 'damaged'],
    ]);
  });

  it('never takes a partition for whole that may have lost its last event with a row nobody can place', async () => {
    const { description } = await opened([line(0, 0), line(1, 0), 'garbage', line(1, 1)].join('\n'));
    expect(holesOf(description)).toEqual({ 0: [{ from: 1, to: 2, reason: 'damaged' }], 1: [] });
    expect(description.damage?.described).toMatchObject([{ at: null }]);
  });

  it('keeps assigned offsets behind a row that cannot be read, and refuses where nobody knows its partition', async () => {
    const assigned: EventMapping = { ...mapping, partition: { constant: 0 }, offset: 'assigned' };
    const { description, offsets } = await opened('{"k":"a"}\n{"k":\n{"k":"c"}\n', assigned, { pageSize: 1 });
    expect(offsets).toEqual({ 0: [0, 2] });
    expect(holesOf(description)).toEqual({ 0: [{ from: 1, to: 2, reason: 'damaged' }] });
    const hashed: EventMapping = { ...assigned, partition: { hash: 'k', count: 2 } };
    await expect(opened('{"k":"a"}\n{"k":\n{"k":"c"}\n', hashed)).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringContaining('nothing tells the partition') as string,
    });
  });

  it('tells the partition of a damaged row by all digits of its key, and none where such numbers are an error', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => String(2n ** 60n + BigInt(index)));
    const big: EventMapping = {
      ...mapping,
      partition: { hash: 'k', count: 8 },
      key: 'k',
      offset: 'assigned',
      numbers: 'text',
    };
    const whole = await opened(keys.map((key) => `{"k":"${key}"}`).join('\n'), big);
    const cut = keys.map((key) => `{"k":${key},"n":1,"m`);
    const unmapped = keys.map((key) => `{"k":${key},"h":5}`);
    const all = [...keys.map((key) => `{"k":"${key}"}`), ...cut, ...unmapped];
    const { description } = await opened(all.join('\n'), { ...big, headers: { column: 'h', optional: true } });
    const damaged = (partition: number) =>
      description.damage?.described.filter(({ at }) => at?.partition === partition).length;
    for (const { partition, events } of whole.description.partitions) expect(damaged(partition)).toBe(events * 2);
    await expect(opened(cut.join('\n'), { ...big, numbers: 'exact' })).rejects.toMatchObject({
      message: expect.stringContaining('nothing tells the partition') as string,
    });
  });

  it('is refused with the whole list where damage is not kept, and with the first error where nothing is readable', async () => {
    const rows = [line(0, 0), '{"p":0,"o":1', line(0, 2), '{"p":0,"o":3,', line(0, 4), line(0, 4, ',"n":1')];
    await expect(opened(rows.join('\n'), mapping, { damage: 'refuse' })).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringMatching(/^3 records cannot be read: .*line 2.*line 4.*twice/) as string,
      details: { records: 3 },
    });
    await expect(opened('a\nb\nc\n')).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringContaining('none of 3 rows') as string,
    });
  });

  it('says that a file is something else where so many of its lines cannot be read that no list of them helps', async () => {
    const bad = '{"o":1\n'.repeat(1_001);
    await expect(opened(`${line(0, 0)}\n${bad}`)).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringContaining('no list of them helps') as string,
    });
  });

  it('reads a document that is one array like its elements as lines, and refuses one that is cut', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => line(index % 3, Math.floor(index / 3)));
    const lines = await opened(rows.join('\n'), mapping, { pageSize: 3 });
    for (const document of [`[${rows.join(',')}]`, `[\n${rows.join(',\n')}\n]\n`]) {
      const array = await opened(document, mapping, { pageSize: 3 });
      expect(array.offsets).toEqual(lines.offsets);
      expect(array.description.damage).toBe(lines.description.damage);
    }
    await expect(opened(`[\n${rows.join(',\n')}`)).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringContaining('the JSON array is cut') as string,
    });
  });

  it('gives what is whole exactly as without the damage, wherever it strikes', async () => {
    const damage = fc.record({ at: fc.nat(39), how: fc.constantFrom('cut', 'bytes', 'twice') });
    const property = fc.asyncProperty(
      fc.uniqueArray(damage, { maxLength: 6, selector: ({ at }) => at }),
      async (struck) => {
        const pieces: Buffer[] = [];
        const expected: Record<number, number[]> = { 0: [], 1: [], 2: [], 3: [] };
        for (let index = 0; index < 40; index++) {
          const [p, o] = [index % 4, Math.floor(index / 4)];
          const how = struck.find(({ at }) => at === index)?.how;
          const whole = line(p, o, ',"n":1');
          if (how === undefined) (expected[p] as number[]).push(o);
          if (how === 'cut') pieces.push(Buffer.from(whole.slice(0, -3)));
          else if (how === 'bytes') pieces.push(Buffer.from(whole.slice(0, -3)), Buffer.from([0xc3]), Buffer.from('}'));
          else pieces.push(Buffer.from(whole));
          if (how === 'twice') pieces.push(Buffer.from(`\n${line(p, o, ',"n":2')}`));
          pieces.push(Buffer.from('\n'));
        }
        const { description, offsets } = await opened(Buffer.concat(pieces), mapping, { pageSize: 3 });
        expect(offsets).toEqual(expected);
        expect(description.damage?.records ?? 0).toBe(struck.length);
        const damaged = description.partitions.flatMap(({ holes }) => holes);
        expect(damaged.every(({ reason }) => reason === 'damaged')).toBe(true);
        expect(damaged.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(struck.length);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
