import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlightTable } from '../flights/flight-table.js';
import type { AirportRecord } from '../service/airport-board.js';
import { lineFile } from '../service/line-file.js';
import type { Fault } from '../service/plant-faults.js';
import type { OutputsDigest } from './golden-outputs.js';

export interface Truth {
  readonly table: FlightTable;
  readonly faults: readonly Fault[];
  readonly states: readonly (readonly [airport: string, state: AirportRecord])[];
  readonly outputs: readonly OutputsDigest[];
}

/** Writes what the recovery is never told: the planted faults, the right states, and digests of the right outputs. */
export function writeTruth(folder: string, { table, faults, states, outputs }: Truth): void {
  const planted = lineFile(join(folder, 'faults.ndjson'));
  for (const fault of faults) {
    const { partition, offset, origin, destination } = table.flight(fault.row);
    planted.write(JSON.stringify({ ...fault, partition, offset: String(offset), keys: [origin, destination] }));
  }
  planted.close();
  const right = lineFile(join(folder, 'state.ndjson'));
  for (const [key, state] of states) right.write(JSON.stringify({ key, state }));
  right.close();
  writeFileSync(join(folder, 'outputs.json'), JSON.stringify({ digests: outputs }, null, 2) + '\n');
}
