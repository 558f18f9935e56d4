import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { describeSnapshotSourceContract, type ContractSnapshot } from '../../testing/snapshot-source-contract.js';
import { codeOf } from '../../testing/test-framework.js';
import { createMemorySnapshots } from './memory-snapshots.js';
import { openNdjsonSnapshots } from './ndjson/open-ndjson-snapshots.js';
import { writeNdjsonSnapshot, type SnapshotToWrite } from './ndjson/write-ndjson-snapshot.js';
import type { SnapshotRow, SnapshotSource } from '../../model/snapshots/snapshot-source.js';

const framework = { describe, it, expect };

describeSnapshotSourceContract(framework, 'memory', (snapshots) => ({ source: createMemorySnapshots(snapshots) }));

for (const packed of [false, true]) {
  describeSnapshotSourceContract(
    framework,
    `NDJSON${packed ? '.gz' : ''}`,
    async (snapshots: readonly ContractSnapshot[]) => {
      const folder = scratchFolder();
      for (const snapshot of snapshots) {
        const file = folder.file(`${snapshot.id}.ndjson`);
        await writeNdjsonSnapshot(file, snapshot);
        if (packed) {
          folder.file(`${snapshot.id}.jsonl.gz`, gzipSync(readFileSync(file)));
          writeFileSync(file.replace('.ndjson', '.txt'), 'not a snapshot');
        }
      }
      const paths = packed ? snapshots.map(({ id }) => folder.file(`${id}.jsonl.gz`)) : folder.path;
      return { source: openNdjsonSnapshots(paths, { defaultSource: 'contract-log' }), dispose: () => folder.remove() };
    },
  );
}

const folder = scratchFolder();
afterAll(() => folder.remove());
let count = 0;

function sourceOf(content: string | Uint8Array): SnapshotSource {
  return openNdjsonSnapshots(folder.file(`case-${count++}.ndjson`, content), { defaultSource: 'cluster' });
}

async function allRows(source: SnapshotSource, id: string): Promise<SnapshotRow[]> {
  const rows: SnapshotRow[] = [];
  for await (const row of source.rows(id)) rows.push(row);
  return rows;
}

const base: SnapshotToWrite = { id: 'c-1', takenAt: 0, worker: 'w@1', stateVersion: 1, position: null, rows: [] };
const header =
  '{"format_version":1,"kind":"snapshot","id":"x","taken_at":null,"worker":null,"state_version":1,"position":null}\n';

describe('openNdjsonSnapshots', () => {
  it('reads a snapshot written by hand, and says that its completeness is not checked', async () => {
    const source = sourceOf(
      '{"format_version":1,"kind":"snapshot","id":"c-7","position":[{"topic":"t","partition":1,"next":"12"},{"topic":"t","partition":0,"next":"3","watermark":5}]}\n' +
        '{"key":"a","state":{"n":1}}\n{"state":2,"key":"b"}',
    );
    const { snapshots, damaged } = await source.list();
    expect(damaged).toEqual([]);
    expect(snapshots).toMatchObject([
      { id: 'c-7', takenAt: null, worker: null, stateVersion: 1, keys: 2, completeness: 'not-checked' },
    ]);
    expect(snapshots[0]?.position).toEqual([
      {
        source: 'cluster',
        topic: 't',
        incarnation: '',
        partition: 0,
        next: 3,
        order: { watermark: 5, clock: -Infinity },
      },
      {
        source: 'cluster',
        topic: 't',
        incarnation: '',
        partition: 1,
        next: 12,
        order: { watermark: -Infinity, clock: -Infinity },
      },
    ]);
    expect(await allRows(source, 'c-7')).toEqual([
      { key: 'a', state: { n: 1 } },
      { key: 'b', state: 2 },
    ]);
  });

  it('lists a snapshot with an end line as damaged wherever it is cut, and however a byte is changed', async () => {
    const file = folder.file('whole.ndjson');
    const rows = [1, 2, 3].map((n) => ({ key: `k${n}`, state: { n, text: 'ü' } }));
    await writeNdjsonSnapshot(file, { ...base, rows });
    const whole = readFileSync(file);
    expect((await openNdjsonSnapshots(file).list()).snapshots).toMatchObject([{ keys: 3, completeness: 'checked' }]);
    const lineEnds = [...whole.keys()].filter((index) => whole[index] === 0x0a);
    for (let length = 1; length < whole.length - 1; length++) {
      const { snapshots, damaged } = await sourceOf(whole.subarray(0, length)).list();
      if (damaged.length === 1) continue;
      // Cut exactly between two lines, only the lack of an end line tells.
      expect(lineEnds.includes(length) || lineEnds.includes(length - 1)).toBe(true);
      expect(snapshots).toMatchObject([{ completeness: 'not-checked' }]);
    }
    for (let at = 0; at < whole.length - 1; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect((await sourceOf(changed).list()).snapshots).toEqual([]);
    }
  });

  it('reads an only state before it is listed, and lists it then as if it had been listed first', async () => {
    const own = scratchFolder();
    const snapshot: SnapshotToWrite = {
      ...{ id: 'c', takenAt: 5, worker: 'w@1', stateVersion: 2, position: null },
      rows: Array.from({ length: 600 }, (_, n) => ({ key: `k${n}`, state: { n } })),
    };
    const file = own.file('c.ndjson');
    await writeNdjsonSnapshot(file, snapshot);
    const first = openNdjsonSnapshots(file);
    const unlisted = await first.readUnlisted!();
    expect(unlisted).toMatchObject({ id: 'c', location: file, takenAt: 5, stateVersion: 2, position: null });
    const early = await first.readUnlisted!();
    for await (const { key } of early!.rows()) if (key === 'k9') break;
    const rows: SnapshotRow[] = [];
    for await (const row of unlisted!.rows()) rows.push(row);
    expect(rows).toEqual(snapshot.rows);
    const listing = await openNdjsonSnapshots(file).list();
    expect(listing.snapshots).toHaveLength(1);
    const whole = readFileSync(file);
    // What was read is listed: the file is not looked at again.
    writeFileSync(file, '');
    expect(await first.list()).toEqual(listing);
    expect(await first.readUnlisted!()).toBeNull();
    const seen: string[] = [];
    for (let at = 0; at < whole.length; at += 499) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1;
      writeFileSync(file, changed);
      const source = openNdjsonSnapshots(file);
      const read = await source.readUnlisted!();
      const code = await codeOf(async () => {
        const given = read?.rows() ?? source.rows('c');
        for await (const { key } of given) expect(typeof key).toBe('string');
      });
      seen.push(code ?? 'none');
      expect((await source.list()).damaged).toHaveLength(1);
    }
    expect(new Set(seen)).toEqual(new Set(['invalid-snapshot']));
    writeFileSync(own.file('d.ndjson'), whole);
    writeFileSync(file, whole);
    expect(await openNdjsonSnapshots(own.path).readUnlisted!()).toBeNull();
    own.remove();
  });

  it('takes the newest of a folder where it stands for one state, whatever the files are called', async () => {
    const positions: readonly [string, string][] = [
      ['a', '9'],
      ['b', '30'],
      ['c', '4'],
    ];
    const own = scratchFolder();
    for (const [name, next] of positions) {
      const line = header.replace('"id":"x"', `"id":"${name}"`);
      own.file(`${name}.ndjson`, line.replace('null}', `[{"topic":"t","partition":0,"next":"${next}"}]}`));
    }
    const { snapshots } = await openNdjsonSnapshots(own.path, { newestOnly: true }).list();
    expect(snapshots.map(({ id }) => id)).toEqual(['b']);
    expect((await openNdjsonSnapshots(own.path).list()).snapshots).toHaveLength(3);
  });

  it('takes none of a folder for the newest where a file that cannot be used may be newer', async () => {
    const own = scratchFolder();
    const position = (next: number) => [
      { source: '', topic: 't', incarnation: '', partition: 0, next, order: { watermark: 0, clock: 0 } },
    ];
    const write = (id: string, next: number) =>
      writeNdjsonSnapshot(own.file(`${id}.ndjson`), {
        ...base,
        ...{ id, position: position(next), rows: [{ key: 'a', state: next }] },
      });
    for (const [id, next] of [
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ] as const)
      await write(id, next);
    const newest = async () =>
      (await openNdjsonSnapshots(own.path, { newestOnly: true }).list()).snapshots.map(({ id }) => id);
    const damage = (id: string) => {
      const content = readFileSync(own.file(`${id}.ndjson`), 'utf8');
      own.file(`${id}.ndjson`, content.replace('"state":', '"state":7'));
    };
    const whole = readFileSync(own.file('c.ndjson'));
    damage('a');
    expect(await newest()).toEqual(['c']);
    damage('c');
    const live = openNdjsonSnapshots(own.path, { newestOnly: true });
    expect(await live.list()).toMatchObject({ snapshots: [], damaged: [{}, {}] });
    // A copy of the newest is it; what has its id and another content may be it.
    own.file('c.ndjson', whole);
    own.file('copy.ndjson', whole);
    expect(await newest()).toEqual(['c']);
    own.file('copy.ndjson', `${whole.toString().split('\n')[0]}\n`);
    expect(await newest()).toEqual([]);
    // Of what has no header nobody knows how new it is.
    own.file('copy.ndjson', '{"order":1}\n');
    expect(await newest()).toEqual([]);
    own.remove();
  });

  const broken: readonly [name: string, content: string, reason: RegExp][] = [
    ['an empty file', '', /empty/],
    ['a file of another kind', '{"order":1}\n', /not the header of a snapshot/],
    ['another version', header.replace('"format_version":1', '"format_version":3'), /format_version 3/],
    ['a header without an id', header.replace('"id":"x"', '"id":""'), /no id/],
    ['an impossible offset', header.replace('null}', '[{"topic":"t","partition":0,"next":"-1"}]}'), /not an offset/],
    [
      'a partition twice',
      header.replace('null}', '[{"topic":"t","partition":0,"next":"1"},{"topic":"t","partition":0,"next":"1"}]}'),
      /twice/,
    ],
    ['a row without a key', `${header}{"id":"a","state":1}\n`, /not a row/],
    ['a row without a state', `${header}{"key":"a"}\n`, /not a row/],
    ['a line cut in half', `${header}{"key":"a","state":1}\n{"key":"b","st`, /line 3 .*cut/],
    ['a wrong count', `${header}{"key":"a","state":1}\n{"end":true,"keys":2,"sha256":"x"}\n`, /end line says 2/],
    ['a wrong digest', `${header}{"key":"a","state":1}\n{"end":true,"keys":1,"sha256":"x"}\n`, /digest/],
    [
      'lines behind the end',
      `${header}{"end":true,"keys":0,"sha256":"x"}\n{"key":"a","state":1}\n`,
      /behind its end line/,
    ],
  ];
  for (const [name, content, reason] of broken) {
    it(`lists ${name} as damaged, with the reason`, async () => {
      const source = sourceOf(content);
      const { snapshots, damaged } = await source.list();
      expect(snapshots).toEqual([]);
      expect(damaged).toMatchObject([{ reason: expect.stringMatching(reason) as string }]);
      expect(await codeOf(() => allRows(source, 'x'))).toBe('invalid-snapshot');
    });
  }

  it.each([
    ['side by side', 'aa', true],
    ['behind a key that falls', 'bdcb', true],
    ['twice behind the key that falls', 'bdcc', true],
    ['the key that falls itself', 'abcb', true],
    ['none, though keys fall', 'bdca', false],
  ])('finds a repeated key of a file that does not say that it is sorted: %s', async (_, keys, isRefused) => {
    // Many rows in front, so that what falls stands in another batch than what it repeats.
    const ahead = Array.from({ length: 4000 }, (__, n) => `0${String(n).padStart(20, '0')}`);
    const content = [...ahead, ...keys].map((key) => JSON.stringify({ key, state: 1 })).join('\n');
    const read = codeOf(() => allRows(sourceOf(`${header}${content}\n`), 'x'));
    expect(await read).toBe(isRefused ? 'invalid-snapshot' : null);
  });

  it('refuses a key that is there twice', async () => {
    const rows = '{"key":"b","state":1}\n{"key":"a","state":1}\n{"key":"b","state":2}\n';
    expect(await codeOf(() => allRows(sourceOf(header + rows), 'x'))).toBe('invalid-snapshot');
    const sorted = header.replace('"id"', '"sorted":true,"id"');
    expect(await codeOf(() => allRows(sourceOf(sorted + rows), 'x'))).toBe('invalid-snapshot');
    expect(await allRows(sourceOf(sorted + '{"key":"a","state":1}\n{"key":"b","state":1}\n'), 'x')).toHaveLength(2);
  });

  it('lists missing paths and repeated ids as damaged', async () => {
    const one = folder.file('one.ndjson', header);
    const two = folder.file('two.ndjson', `${header}{"key":"a","state":1}\n`);
    const missing = folder.file('missing.ndjson');
    const { snapshots, damaged } = await openNdjsonSnapshots([one, two, missing]).list();
    expect(snapshots.map(({ location }) => location)).toEqual([one]);
    expect(damaged).toEqual([
      { location: two, reason: `its id "x" is that of ${one}` },
      { location: missing, reason: expect.stringContaining('there is no file') as string },
    ]);
  });
});

describe('writeNdjsonSnapshot', () => {
  it('leaves nothing behind when the rows fail, and never overwrites', async () => {
    const place = scratchFolder();
    const file = place.file('c.ndjson');
    const failing = function* (): Generator<SnapshotRow> {
      yield { key: 'a', state: 1 };
      throw new Error('no more');
    };
    await expect(writeNdjsonSnapshot(file, { ...base, rows: failing() })).rejects.toThrow('no more');
    expect(existsSync(file)).toBe(false);
    for (const rows of [
      ['a', 'a'],
      ['b', 'a'],
    ]) {
      const twice = rows.map((key) => ({ key, state: 1 }));
      expect(await codeOf(() => writeNdjsonSnapshot(file, { ...base, rows: twice, sorted: true }))).toBe(
        'invalid-snapshot',
      );
    }
    expect(readdirSync(place.path)).toEqual([]);
    await writeNdjsonSnapshot(file, base);
    expect(await codeOf(() => writeNdjsonSnapshot(file, base))).toBe('file-exists');
    expect(readdirSync(place.path)).toEqual(['c.ndjson']);
    place.remove();
  });

  it('streams a large snapshot', async () => {
    const file = folder.file('large.ndjson');
    const rows = async function* (): AsyncGenerator<SnapshotRow> {
      for (let n = 0; n < 20_000; n++) yield { key: String(n), state: { n, text: 'x'.repeat(n % 100) } };
    };
    expect(await writeNdjsonSnapshot(file, { ...base, rows: rows() })).toMatchObject({ keys: 20_000 });
    const source = openNdjsonSnapshots(file);
    expect((await source.list()).snapshots).toMatchObject([{ keys: 20_000, completeness: 'checked' }]);
    expect((await allRows(source, 'c-1')).every(({ key, state }) => (state as { n: number }).n === Number(key))).toBe(
      true,
    );
  });
});
