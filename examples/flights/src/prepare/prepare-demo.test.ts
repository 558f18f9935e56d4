import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '@eventmend/core/testing';
import { beforeEach, expect, test } from 'vitest';
import { readFlights } from '../flights/read-flights.js';
import { demoPlace } from './demo-place.js';
import { incidentFile } from './incident-file.js';
import { prepareDemo } from './prepare-demo.js';

let folder: string;
beforeEach(() => {
  const { path, remove } = scratchFolder();
  folder = path;
  return remove;
});

test('a second preparation reuses what the first made; another size or seed replaces it', async () => {
  const place = demoPlace(folder);
  const options = { rows: 2000, archive: false };
  expect(await prepareDemo(place, options)).toEqual({ reused: false });
  const live = join(folder, 'live', 'state.ndjson');
  const first = readFileSync(live, 'utf8');
  expect(await prepareDemo(place, options)).toEqual({ reused: true });

  // A run of the old incident must not survive as one of the new.
  writeFileSync(join(folder, '.eventmend'), '');
  expect(await prepareDemo(place, { ...options, seed: 7 })).toEqual({ reused: false });
  expect(existsSync(join(folder, '.eventmend'))).toBe(false);
  expect(readFileSync(live, 'utf8')).not.toBe(first);
  expect(await prepareDemo(place, { ...options, rows: 3000 })).toEqual({ reused: false });
  expect(await prepareDemo(place, options)).toEqual({ reused: false });
  expect(readFileSync(live, 'utf8')).toBe(first);
});

test('an unfinished preparation is not taken for a finished one', async () => {
  const place = demoPlace(folder);
  writeFileSync(join(folder, 'service.prepared.json'), '{"recipe');
  expect(await prepareDemo(place, { rows: 2000, archive: false })).toEqual({ reused: false });
});

test('the full demo has no place for a part of the flights', async () => {
  await expect(prepareDemo(demoPlace(), { rows: 2000 })).rejects.toThrow('--data');
});

test('the incident file that people read is the one that would be made', async () => {
  const place = demoPlace();
  const errorFrom = 1_650_000;
  const table = await readFlights(errorFrom + 1);
  const hour = 3_600_000;
  const onset = Math.floor(table.flight(errorFrom).time / hour) * hour;
  const written = readFileSync(place.incident, 'utf8').replace(/^#.*\n/gm, '');
  expect(written).toBe(incidentFile(place, onset));
});
