import { partitionOfKey } from '@eventmend/core/rows';
import { partitions, type Flight } from './flight.js';

/** All flights, as columns; 3 million objects would cost ten times the memory. */
export interface FlightTable {
  readonly rows: number;
  readonly airports: readonly string[];
  flight(row: number): Flight;
  /** The next offset of each partition when everything in front of this row has been read. */
  positionAt(row: number): readonly number[];
}

export interface FlightColumns {
  readonly time: Float64Array;
  readonly delay: Int16Array;
  readonly distance: Int16Array;
  /** Index into `airports`. */
  readonly origin: Uint16Array;
  readonly destination: Uint16Array;
  readonly airports: readonly string[];
}

/** Gives each row its partition (by its origin) and its offset, as the import into the archive does. */
export function flightTable(columns: FlightColumns): FlightTable {
  const { time, delay, distance, origin, destination, airports } = columns;
  const rows = time.length;
  const partitionOf = Uint8Array.from(airports, (airport) => partitionOfKey(airport, partitions));
  const partition = Uint8Array.from(origin, (airport) => partitionOf[airport] as number);
  const offset = new Uint32Array(rows);
  const next = new Array<number>(partitions).fill(0);
  for (let row = 0; row < rows; row++) {
    const at = partition[row] as number;
    offset[row] = next[at] as number;
    next[at] = (next[at] as number) + 1;
  }
  const name = (index: number | undefined) => airports[index as number] as string;
  return {
    rows,
    airports,
    flight: (row) => ({
      row,
      partition: partition[row] as number,
      offset: offset[row] as number,
      time: time[row] as number,
      delay: delay[row] as number,
      distance: distance[row] as number,
      origin: name(origin[row]),
      destination: name(destination[row]),
    }),
    positionAt(row) {
      const position = new Array<number>(partitions).fill(0);
      let found = 0;
      for (let at = row - 1; at >= 0 && found < partitions; at--) {
        const of = partition[at] as number;
        if (position[of] !== 0) continue;
        position[of] = (offset[at] as number) + 1;
        found++;
      }
      return position;
    },
  };
}
