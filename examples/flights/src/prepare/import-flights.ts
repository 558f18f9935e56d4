import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { FlightTable } from '../flights/flight-table.js';
import { flightsFile } from '../flights/read-flights.js';
import { lineFile } from '../service/line-file.js';
import { mappingFile, type DemoPlace } from './demo-place.js';
import { eventmendFailure, runEventmend } from './run-eventmend.js';

/**
 * Imports the flights into the archive with `eventmend archive import`: the Parquet file as it stands, or the first rows
 * of it by way of an NDJSON file with the same columns. Goes on where an interrupted import stopped. With `tell` the
 * command and what it prints are shown.
 * @throws EventmendFailure
 */
export async function importFlights(
  place: DemoPlace,
  table: FlightTable | null,
  tell?: (line: string) => void,
): Promise<void> {
  mkdirSync(place.data, { recursive: true });
  const rows = table === null ? flightsFile() : writeRows(join(place.data, 'flights.ndjson'), table);
  const [from, into, mapping] = [rows, place.archive, mappingFile].map((path) => relative(place.folder, path));
  const args = ['archive', 'import', String(from), '--into', String(into), '--mapping', String(mapping)];
  tell?.(`$ eventmend ${args.join(' ')}`);
  const { exitCode } = await runEventmend(args, { cwd: place.folder, show: tell !== undefined });
  if (exitCode !== 0) throw eventmendFailure(args, exitCode);
}

/** Writes the rows as the Parquet file has them, a line each. */
export function writeRows(path: string, table: FlightTable): string {
  const file = lineFile(path, { hashed: false });
  for (let row = 0; row < table.rows; row++) {
    const { time, delay, distance, origin, destination } = table.flight(row);
    file.write(JSON.stringify({ date: time, delay, distance, origin, destination }));
  }
  file.close();
  return path;
}
