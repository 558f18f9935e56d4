import { join } from 'node:path';
import { partitions, topic, type Flight } from '../flights/flight.js';
import type { FlightTable } from '../flights/flight-table.js';
import { goldenOutputs } from '../truth/golden-outputs.js';
import { writeTruth } from '../truth/write-truth.js';
import { airportBoard } from './airport-board.js';
import { believedDelay, faultyHandling, type Handling } from './faulty-handling.js';
import { incidentMoments, type IncidentMoments, type IncidentShares } from './incident-moments.js';
import { lineFile } from './line-file.js';
import { plantFaults, type Fault } from './plant-faults.js';
import { writeSnapshot } from './write-snapshot.js';

export interface PlayedIncident {
  readonly moments: IncidentMoments;
  readonly faults: readonly Fault[];
  /** Outputs that the live service recorded in the window that was kept. */
  readonly recordedOutputs: number;
  readonly airports: number;
  /** Airports whose live state is not what it should be. */
  readonly wrongAirports: number;
}

export interface PlayOptions {
  readonly seed: number;
  /** Where the service's files and the truth go. */
  readonly folder: string;
  /** When what happens; as in the full demo where absent. */
  readonly shares?: IncidentShares;
  /** Instead of the seeded ones. */
  readonly faults?: readonly Fault[];
  /** The rows in the order in which the live service comes to them; that of the file where absent. */
  readonly order?: Uint32Array;
}

/**
 * Runs the service of 2001 over all flights, twice side by side: as it should have been (the oracle, which leaves the truth) and
 * as it was, with an error in the handling for a while (which leaves what a real service leaves).
 */
export function playIncident(table: FlightTable, { seed, folder, order, ...options }: PlayOptions): PlayedIncident {
  const moments = incidentMoments(table, options.shares);
  const faults = options.faults ?? plantFaults(table, { seed, from: moments.errorFrom, until: moments.errorUntil });
  const handling = faultyHandling(faults);
  const rowAt = (place: number) => order?.[place] ?? place;
  const snapshotAt = new Map(moments.snapshots.map(({ id, row }) => [row, id]));
  const live = airportBoard();
  const oracle = airportBoard();
  const golden = goldenOutputs(moments.snapshots.map(({ row }) => row));
  const recorded = lineFile(join(folder, 'live', 'outputs.ndjson'), { hashed: false });
  let recordedOutputs = 0;
  let keeping = false;
  let origin = '';
  const record = (output: string, key: string, value: string) => {
    if (!keeping) return;
    recordedOutputs++;
    recorded.write(`{"output":"${output}","key":${JSON.stringify(key)},"value":${value},${origin}}`);
  };
  const position = new Array<number>(partitions).fill(0);
  const takeSnapshot = (path: string, id: string, place: number) => {
    const takenAt = table.flight(rowAt(place - 1)).time;
    writeSnapshot(join(folder, path), { id, takenAt, position, states: live.states() });
  };
  const apply = (flight: Flight, slip: Handling['slip']) => {
    const { partition, offset, time, delay } = flight;
    if (keeping) origin = `"time":${time},"topic":"${topic}","partition":${partition},"offset":"${offset}"`;
    live.handle(slip === 'none' ? flight : { ...flight, delay: believedDelay(delay, slip) }, record);
  };

  for (let place = 0; place < table.rows; place++) {
    const snapshot = snapshotAt.get(place);
    if (snapshot !== undefined) takeSnapshot(`snapshots/${snapshot}.ndjson`, snapshot, place);
    golden.passRow(place);
    oracle.handle(table.flight(place), golden.tell);
    const row = rowAt(place);
    const flight = table.flight(row);
    keeping = place >= moments.outputsKeptFrom;
    const handlings = handling.get(row);
    if (handlings === undefined) apply(flight, 'none');
    else for (const { row: handled, slip } of handlings) apply(table.flight(handled), slip);
    position[flight.partition] = flight.offset + 1;
  }
  recorded.close();
  takeSnapshot('live/state.ndjson', 'live', table.rows);
  writeTruth(join(folder, 'truth'), { table, faults, states: oracle.states(), outputs: golden.digests() });

  const right = new Map(oracle.states().map(([airport, state]) => [airport, JSON.stringify(state)]));
  const states = live.states();
  const wrong = states.filter(([airport, state]) => right.get(airport) !== JSON.stringify(state)).length;
  return { moments, faults, recordedOutputs, airports: right.size, wrongAirports: wrong + right.size - states.length };
}
