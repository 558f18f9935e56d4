import { createHash } from 'node:crypto';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Position } from '../../model/position/position.js';
import { compareSnapshots } from '../../model/snapshots/snapshot-order.js';
import type { SnapshotDescription, SnapshotRow, SnapshotSource } from '../../model/snapshots/snapshot-source.js';

export interface MemorySnapshot {
  readonly id: string;
  readonly takenAt?: number | null;
  readonly position?: Position | null;
  readonly worker?: string | null;
  readonly stateVersion?: number;
  readonly rows: readonly SnapshotRow[];
}

/**
 * Snapshots in this thread's memory. States are kept as JSON text, so that no reader can change them for another.
 * @throws RecoveryError `invalid-snapshot` when an id or a key is there twice.
 */
export function createMemorySnapshots(snapshots: readonly MemorySnapshot[]): SnapshotSource {
  const stored = new Map<string, { readonly description: SnapshotDescription; readonly rows: readonly StoredRow[] }>();
  for (const snapshot of snapshots) {
    if (stored.has(snapshot.id)) throw twice(`two snapshots are called ${JSON.stringify(snapshot.id)}`);
    const rows = snapshot.rows.map(({ key, state }): StoredRow => [key, JSON.stringify(state)]);
    if (new Set(rows.map(([key]) => key)).size < rows.length) {
      throw twice(`snapshot ${JSON.stringify(snapshot.id)} holds a key twice`);
    }
    stored.set(snapshot.id, { description: describe(snapshot, rows), rows });
  }
  return {
    list: () =>
      Promise.resolve({
        snapshots: [...stored.values()].map(({ description }) => description).sort(compareSnapshots),
        damaged: [],
      }),
    async *rows(id) {
      const snapshot = stored.get(id);
      if (snapshot === undefined) throw noSuchSnapshot(id);
      for (const [key, state] of snapshot.rows) yield { key, state: JSON.parse(state) as unknown };
    },
  };
}

type StoredRow = readonly [key: string, state: string];

function describe(snapshot: MemorySnapshot, rows: readonly StoredRow[]): SnapshotDescription {
  const { id, takenAt = null, position = null, worker = null, stateVersion = 1 } = snapshot;
  const hash = createHash('sha256');
  for (const row of rows) hash.update(JSON.stringify(row)).update('\n');
  const digest = hash.digest('hex');
  return { id, location: 'memory', takenAt, position, keys: rows.length, digest, worker, stateVersion };
}

export function noSuchSnapshot(id: string): RecoveryError {
  return new RecoveryError('invalid-snapshot', `there is no readable snapshot ${JSON.stringify(id)}`, {
    hint: 'list the snapshots: eventmend assess',
    details: { snapshot: id },
  });
}

function twice(message: string): RecoveryError {
  return new RecoveryError('invalid-snapshot', message, {
    hint: 'a snapshot is a full copy: each key stands in it once',
  });
}
