import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SnapshotSource } from '../../../model/snapshots/snapshot-source.js';
import openFromLocation from './ndjson-snapshots-module.js';
import { openNdjsonSnapshots, type NdjsonSnapshotLocation } from './open-ndjson-snapshots.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-listed-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, id: string, state: unknown): void {
  const header = { format_version: 1, kind: 'snapshot', id, taken_at: null, position: null };
  const lines = [header, { key: 'a', state }].map((line) => JSON.stringify(line));
  writeFileSync(join(folder, file), `${lines.join('\n')}\n`);
}

/** As another thread opens it. */
const opened = ({ locator }: SnapshotSource): SnapshotSource =>
  openFromLocation(JSON.parse(JSON.stringify(locator?.options)) as NdjsonSnapshotLocation);

async function statesOf(source: SnapshotSource, id: string): Promise<readonly unknown[]> {
  const states: unknown[] = [];
  for await (const { state } of source.rows(id)) states.push(state);
  return states;
}

it('who is told what was listed reads the file that was meant, and no other', async () => {
  write('b.ndjson', 's-1', { of: 'b' });
  write('c.ndjson', 's-2', { of: 'c' });
  const source = openNdjsonSnapshots(folder);
  await source.list();
  // A listing made now would come upon this one first.
  write('a.ndjson', 's-1', { of: 'a' });
  expect(await statesOf(opened(source), 's-1')).toEqual([{ of: 'b' }]);
  expect(await statesOf(opened(openNdjsonSnapshots(folder)), 's-1')).toEqual([{ of: 'a' }]);
  await expect(statesOf(opened(source), 's-3')).rejects.toMatchObject({ code: 'invalid-snapshot' });
});

it('a file that is no longer what was listed has all of them listed anew', async () => {
  write('b.ndjson', 's-1', { of: 'b' });
  const source = openNdjsonSnapshots(folder);
  await source.list();
  write('b.ndjson', 's-9', { of: 'b' });
  await expect(statesOf(opened(source), 's-1')).rejects.toMatchObject({ code: 'invalid-snapshot' });
  rmSync(join(folder, 'b.ndjson'));
  write('c.ndjson', 's-1', { of: 'c, and longer' });
  expect(await statesOf(opened(source), 's-1')).toEqual([{ of: 'c, and longer' }]);
});
