import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead, type ColumnData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { flightTable, type FlightTable } from './flight-table.js';

/** The file as the package `vega-datasets` ships it: 3,000,000 flights of the first half of 2001, sorted by time. */
export function flightsFile(): string {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  return join(dirname(entry), '..', 'data', 'flights-3m.parquet');
}

/** Reads the first `limit` rows, or all of them. */
export async function readFlights(limit = Infinity, path = flightsFile()): Promise<FlightTable> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const rows = Math.min(limit, Number(metadata.num_rows));
  const columns = {
    time: new Float64Array(rows),
    delay: new Int16Array(rows),
    distance: new Int16Array(rows),
    origin: new Uint16Array(rows),
    destination: new Uint16Array(rows),
  };
  const airports: string[] = [];
  const indexOf = new Map<string, number>();
  const index = (airport: string) => {
    const known = indexOf.get(airport);
    if (known !== undefined) return known;
    indexOf.set(airport, airports.length);
    return airports.push(airport) - 1;
  };
  const take = ({ columnName, columnData, rowStart }: ColumnData) => {
    // A chunk holds whole pages, so it may begin before the wanted rows or end behind them.
    const end = Math.min(columnData.length, rows - rowStart);
    for (let i = 0; i < end; i++) {
      const value: unknown = columnData[i];
      if (value === null || value === undefined) throw new Error(`row ${rowStart + i} of ${path} has no ${columnName}`);
      if (columnName === 'date') columns.time[rowStart + i] = Number(value);
      else if (columnName === 'delay') columns.delay[rowStart + i] = Number(value);
      else if (columnName === 'distance') columns.distance[rowStart + i] = Number(value);
      else if (columnName === 'origin') columns.origin[rowStart + i] = index(value as string);
      else if (columnName === 'destination') columns.destination[rowStart + i] = index(value as string);
    }
  };
  await parquetRead({ file, metadata, compressors, rowStart: 0, rowEnd: rows, onChunk: take });
  return flightTable({ ...columns, airports });
}
