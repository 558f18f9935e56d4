import { join } from 'node:path';
import { openRows, type EventMapping } from '@eventmend/core/rows';
import { importIntoArchive, openArchive } from '@eventmend/core/archive';
import { scratchFolder } from '@eventmend/core/testing';
import { beforeEach, expect, test } from 'vitest';
import { partitions, source, topic } from '../flights/flight.js';
import { readFlights } from '../flights/read-flights.js';
import { writeRows } from './import-flights.js';

let folder: string;
beforeEach(() => {
  const { path, remove } = scratchFolder();
  folder = path;
  return remove;
});

/** What `flights.mapping.yaml` says. */
const mapping: EventMapping = {
  source,
  topic,
  partition: { hash: 'origin', count: partitions },
  offset: 'assigned',
  key: 'origin',
  time: { column: 'date', unit: 'milliseconds' },
  rowNumber: 'row',
  value: { columns: ['delay', 'distance', 'origin', 'destination'] },
};

test('the archive gives each flight the partition, offset, time and row that the service knows it by', async () => {
  const table = await readFlights(5000);
  const path = join(folder, 'flights.archive');
  await importIntoArchive(path, [await openRows(writeRows(join(folder, 'flights.ndjson'), table))], mapping);
  const log = openArchive(path);
  let seen = 0;
  try {
    const ends = table.positionAt(table.rows);
    for (const [partition, to] of ends.entries()) {
      const reader = log.read({ source, topic, incarnation: '', partition, from: 0, to });
      for (let page = reader.next(); page !== null; page = reader.next()) {
        for (let index = 0; index < page.count; index++) {
          const value = page.values[index] as { readonly row: number };
          const { time, offset, ...flight } = table.flight(value.row);
          const stored = { ...value, partition, time: page.timestamps[index], offset: page.offsets[index] };
          expect(stored).toEqual({ ...flight, time, offset });
          seen++;
        }
      }
      reader.close();
    }
  } finally {
    log.close();
  }
  expect(seen).toBe(table.rows);
});
