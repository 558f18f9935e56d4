import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { asyncBufferFromFile, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const hour = 3_600_000;

/** Where the package `vega-datasets` has its 3,000,000 flights of the first half of 2001 (US DOT, BSD-3 packaging). */
export function flightsFile() {
  return join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data', 'flights-3m.parquet');
}

/** Departures per hour and airport: `{ start, hours, counts: Map(airport -> Uint32Array) }`, the airports with most flights first. */
export async function hourlyDepartures() {
  const file = await asyncBufferFromFile(flightsFile());
  const times = [];
  const origins = [];
  const take = ({ columnName, columnData, rowStart }) => {
    const column = columnName === 'date' ? times : origins;
    for (let at = 0; at < columnData.length; at++) column[rowStart + at] = columnData[at];
  };
  await parquetRead({ file, compressors, columns: ['date', 'origin'], onChunk: take });
  const moments = times.map(Number);
  const start = Math.floor(moments.reduce((least, time) => Math.min(least, time)) / (24 * hour)) * 24 * hour;
  const end = moments.reduce((most, time) => Math.max(most, time));
  const hours = Math.floor((end - start) / (24 * hour)) * 24;
  const counts = new Map();
  const totals = new Map();
  moments.forEach((time, row) => {
    const airport = origins[row];
    let of = counts.get(airport);
    if (of === undefined) counts.set(airport, (of = new Uint32Array(hours)));
    const slot = Math.floor((time - start) / hour);
    if (slot < hours) of[slot]++;
    totals.set(airport, (totals.get(airport) ?? 0) + 1);
  });
  const order = [...counts.keys()].sort((a, b) => totals.get(b) - totals.get(a) || (a < b ? -1 : 1));
  return { start, hours, counts: new Map(order.map((airport) => [airport, counts.get(airport)])) };
}
