import { partitions, source, topic } from '../flights/flight.js';
import type { AirportRecord } from './airport-board.js';
import { lineFile } from './line-file.js';

export interface SnapshotContent {
  readonly id: string;
  readonly takenAt: number;
  /** The next offset of each partition. */
  readonly position: readonly number[];
  readonly states: readonly (readonly [airport: string, state: AirportRecord])[];
}

/** Version of the worker that ran in production. */
const deployed = 'flights@1.0.0';

/** Leaves a full copy of the service's state: a head with the position, a line for each airport, an end with the digest. */
export function writeSnapshot(path: string, { id, takenAt, position, states }: SnapshotContent): void {
  const file = lineFile(path);
  const head = {
    format_version: 1,
    kind: 'snapshot',
    id,
    taken_at: new Date(takenAt).toISOString(),
    worker: deployed,
    state_version: 1,
    position: Array.from({ length: partitions }, (_, partition) => ({
      source,
      topic,
      partition,
      next: String(position[partition] ?? 0),
    })),
  };
  file.write(JSON.stringify(head));
  for (const [key, state] of states) file.write(JSON.stringify({ key, state }));
  file.write(JSON.stringify({ end: true, keys: states.length, sha256: file.digest() }));
  file.close();
}
