import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import { columnsOfTable, faultyRows, valuesOf, writeTableIncident } from './publish-table-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeAll(() => temporaryFolder((path) => (folder = path)));
beforeAll(() => {
  const database = new Database(join(folder, 'shop.db'));
  database.exec(`CREATE TABLE sent ${columnsOfTable('text')}`);
  database.exec(`INSERT INTO sent (id, kind, account, body, topic, part, at_offset) VALUES ${valuesOf(faultyRows())}`);
  database.close();
  writeTableIncident(folder, 'sqlite: shop.db');
});

async function refusalOf(...words: string[]): Promise<string> {
  const { code, out, err } = await runEventmend(folder, words);
  expect([code, out]).toEqual([2, '']);
  return err.replaceAll(/\s+/g, ' ');
}

test('a run that is not there is named before anybody is asked', async () => {
  for (const words of [
    ['publish', 'r-00000000', '--corrections'],
    ['move-group', 'r-00000000', 'workers'],
    ['move-group', 'r-00000000', 'workers', '--undo'],
  ]) {
    expect(await refusalOf(...words)).toContain('there is no run r-00000000');
  }
});

test('a producer is not chosen for a table, and a run that is there is asked about', async () => {
  const { out } = await runEventmend(folder, ['recover', '--yes', '--json']);
  const { runId } = JSON.parse(out).run as { runId: string };
  for (const words of [
    ['--corrections'],
    ['--rebuild', 'rebuilt'],
    ['--corrections', '--yes'],
    ['--corrections', '--dry-run'],
  ]) {
    expect(await refusalOf('publish', runId, ...words, '--plain-kafkajs')).toContain('--plain-kafkajs is for topics');
  }
  expect(await refusalOf('publish', runId, '--corrections')).toContain('publish asks before it sends');
  expect(await refusalOf('move-group', runId, 'workers')).toContain('move-group asks before it writes');
});
