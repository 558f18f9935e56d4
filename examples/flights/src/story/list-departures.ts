import type { FlightTable } from '../flights/flight-table.js';
import { lineFile } from '../service/line-file.js';

/**
 * What the airports reported to another system: every flight behind a row, with its time to the millisecond; one in forty was
 * reported twice.
 */
export function listDepartures(file: string, table: FlightTable, fromRow: number): void {
  const list = lineFile(file, { hashed: false });
  list.write('flight,left,origin,destination,delay,distance');
  for (let row = fromRow; row < table.rows; row++) {
    const { time, origin, destination, delay, distance } = table.flight(row);
    const line = [row, new Date(time).toISOString(), origin, destination, delay, distance].join(',');
    list.write(line);
    if (row % 41 === 5) list.write(line);
  }
  list.close();
}

/**
 * How many flights left an airport on each day, as its operator counts them; nothing for the days that are lost.
 * @returns how many left each airport on those days
 */
export function listDailyDepartures(
  file: string,
  table: FlightTable,
  isLost: (day: string) => boolean,
): ReadonlyMap<string, number> {
  const days = new Map<string, Map<string, number>>();
  for (let row = 0; row < table.rows; row++) {
    const { time, origin } = table.flight(row);
    const day = new Date(time).toISOString().slice(0, 10);
    const counts = days.get(day) ?? new Map<string, number>();
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
    days.set(day, counts);
  }
  const list = lineFile(file, { hashed: false });
  list.write('day,airport,departures');
  const lost = new Map<string, number>();
  for (const [day, counts] of days) {
    for (const [airport, departures] of [...counts].sort()) {
      if (isLost(day)) lost.set(airport, (lost.get(airport) ?? 0) + departures);
      else list.write(`${day},${airport},${departures}`);
    }
  }
  list.close();
  return lost;
}
