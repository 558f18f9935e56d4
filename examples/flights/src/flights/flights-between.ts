import type { Flight } from './flight.js';
import { flightTable, type FlightTable } from './flight-table.js';

/**
 * The flights that begin and end at these airports, as a log of their own: rows and offsets are counted anew. The file has times to
 * the minute; here those of one minute are a millisecond apart, in the order of the file, so that their times tell their order.
 * @param limit only the first so many
 */
export function flightsBetween(table: FlightTable, airports: readonly string[], limit = Infinity): FlightTable {
  const indexOf = new Map(airports.map((airport, index) => [airport, index]));
  const isBetween = ({ origin, destination }: Flight): boolean => indexOf.has(origin) && indexOf.has(destination);
  let rows = 0;
  for (let row = 0; row < table.rows && rows < limit; row++) if (isBetween(table.flight(row))) rows++;
  const columns = {
    time: new Float64Array(rows),
    delay: new Int16Array(rows),
    distance: new Int16Array(rows),
    origin: new Uint16Array(rows),
    destination: new Uint16Array(rows),
  };
  let next = 0;
  let [minute, inMinute] = [-1, 0];
  for (let row = 0; next < rows; row++) {
    const flight = table.flight(row);
    if (!isBetween(flight)) continue;
    inMinute = flight.time === minute ? inMinute + 1 : 0;
    minute = flight.time;
    columns.time[next] = minute + inMinute;
    columns.delay[next] = flight.delay;
    columns.distance[next] = flight.distance;
    columns.origin[next] = indexOf.get(flight.origin) as number;
    columns.destination[next] = indexOf.get(flight.destination) as number;
    next++;
  }
  return flightTable({ ...columns, airports });
}
