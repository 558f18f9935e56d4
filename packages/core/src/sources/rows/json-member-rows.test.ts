import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openRowSnapshots } from '../snapshots/rows/open-row-snapshots.js';
import { readJsonMembers } from './json-member-rows.js';
import { MemberScanner } from './scan-members.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-members-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function write(content: string | Buffer, ending = 'json'): string {
  const file = join(folder, `${files++}.${ending}`);
  writeFileSync(file, content);
  return file;
}

async function rowsOf(file: string, path: readonly string[] = []): Promise<unknown[]> {
  const reader = readJsonMembers(file, path);
  const rows: unknown[] = [];
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) rows.push(...batch.values);
  return rows;
}

describe('members of a JSON object', () => {
  it('are what JSON.parse gives, however the content is cut and indented, at any path (property)', () => {
    const name = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('a', 'b', '"', '\\', 'é', '}', ','));
    const path = fc.array(name, { maxLength: 3 });
    const members = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 });
    const beside = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 });
    fc.assert(
      fc.property(
        path,
        members,
        beside,
        fc.nat(3),
        fc.integer({ min: 1, max: 40 }),
        (names, wanted, other, indent, step) => {
          let document: unknown = wanted;
          for (const one of [...names].reverse()) {
            const around = Object.entries(other).filter(([key]) => key !== one);
            document = Object.fromEntries([...around.slice(0, 1), [one, document], ...around.slice(1)]);
          }
          const content = Buffer.from(JSON.stringify(document, null, indent));
          const scanner = new MemberScanner(names);
          const found: unknown[] = [];
          for (let at = 0; at < content.length; at += step) {
            for (const { bytes, at: begins } of scanner.take(content.subarray(at, at + step))) {
              expect(content.subarray(begins, begins + bytes.length)).toEqual(bytes);
              found.push(...Object.entries(JSON.parse(`{${bytes.toString()}}`) as object));
            }
          }
          scanner.end();
          expect(found).toEqual(Object.entries(JSON.parse(JSON.stringify(wanted)) as object));
        },
      ),
      { numRuns: 2000, seed: 20261129 },
    );
  });

  it.each([
    ['[1]', 'is no object'],
    ['{"a":1', 'is cut: it has no end'],
    ['{"a":1} {"b":2}', 'has something behind its end'],
    ['{"a":1,}', 'has a comma with no member behind it'],
    ['{,"a":1}', 'has a comma with no member in front of it'],
    ['{"a":1]', 'closes what is not open'],
    ['{1:2}', 'has a member without a name'],
    ['{"a":tru}', 'that is not JSON'],
    ['{"a" 1}', 'that is not JSON'],
    ['', 'is cut: it has no end'],
  ])('%s is refused: it %s', async (content, reason) => {
    await expect(rowsOf(write(content))).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringContaining(reason) as unknown,
    });
  });

  it.each([
    ['{"a":5}', 'has something else than an object at a'],
    ['{"a":"text"}', 'has something else than an object at a'],
    ['{"a":[{}]}', 'has something else than an object at a'],
    ['{"b":{}}', 'has no object a'],
    ['{"b":{"a":{}}}', 'has no object a'],
  ])('%s holds no object a: it %s', async (content, reason) => {
    await expect(rowsOf(write(content), ['a'])).rejects.toMatchObject({
      message: expect.stringContaining(reason) as unknown,
    });
  });

  it('reads compressed documents with a byte order mark', async () => {
    const file = write(gzipSync('\ufeff{"x":{"n":1},"y":null}'), 'json.gz');
    expect(await rowsOf(file)).toEqual([
      { key: 'x', value: { n: 1 } },
      { key: 'y', value: null },
    ]);
  });

  it('are the states of a snapshot; a repeated name and a number that loses digits are refused', async () => {
    const snapshotOf = (file: string) =>
      openRowSnapshots([
        {
          id: 'night',
          rows: { kind: 'members', file, path: ['accounts'] },
          mapping: { key: 'key', state: { form: 'column', column: 'value' } },
          position: null,
          takenAt: null,
          stateVersion: 1,
          worker: null,
        },
      ]);
    const right = snapshotOf(write('{"made":"tonight","accounts":{"a":{"cents":5},"b":{"cents":7}}}'));
    const { snapshots, damaged } = await right.list();
    expect(damaged).toEqual([]);
    expect(snapshots).toMatchObject([{ id: 'night', keys: 2 }]);
    const rows: unknown[] = [];
    for await (const row of right.rows('night')) rows.push(row);
    expect(rows).toEqual([
      { key: 'a', state: { cents: 5 } },
      { key: 'b', state: { cents: 7 } },
    ]);
    const twice = await snapshotOf(write('{"accounts":{"a":1,"a":2}}')).list();
    expect(twice.damaged).toHaveLength(1);
    const inexact = await snapshotOf(write('{"accounts":{"a":{"cents":12345678901234567890}}}')).list();
    expect(inexact.damaged[0]?.reason).toContain('cents');
  });
});
