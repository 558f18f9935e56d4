import type { FlightTable } from '../flights/flight-table.js';
import { partitions } from '../flights/flight.js';
import { seededRandom } from './seeded-random.js';

/** How many flights a consumer takes at once at most, and how far it may run ahead of the slowest one, in rows of the file. */
const batch = 24;
const lead = 600;

/**
 * The rows in another order that a service with a consumer for each partition may well have handled them in: each partition
 * in the order of its offsets, in batches, some lagging behind others. Depends on the table and the seed alone.
 */
export function interleavedRows(table: FlightTable, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const waiting = rowsOfPartitions(table);
  const cursors = new Uint32Array(partitions);
  const head = (partition: number) => waiting[partition]?.[cursors[partition] as number] ?? Infinity;
  const order = new Uint32Array(table.rows);
  for (let place = 0; place < table.rows;) {
    const slowest = Math.min(...waiting.map((_, partition) => head(partition)));
    const partition = random(partitions);
    for (let left = 1 + random(batch); left > 0 && head(partition) < slowest + lead; left--) {
      order[place++] = head(partition);
      cursors[partition] = (cursors[partition] as number) + 1;
    }
  }
  return order;
}

function rowsOfPartitions(table: FlightTable): readonly Uint32Array[] {
  const counts = table.positionAt(table.rows);
  const rows = counts.map((count) => new Uint32Array(count));
  for (let row = 0; row < table.rows; row++) {
    const { partition, offset } = table.flight(row);
    (rows[partition] as Uint32Array)[offset] = row;
  }
  return rows;
}
