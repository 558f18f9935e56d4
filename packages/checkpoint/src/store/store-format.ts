import { RecoveryError } from '@eventmend/core';
import type { DatabaseFormat } from '@eventmend/core/sqlite';

/**
 * Tables of the store of a live worker. `states` has a row a key that was ever touched: a deleted one has no text and
 * keeps its proof. `touched` names the keys of each commit behind the last checkpoint, for the next incremental one: an index
 * over the states would cost every commit more.
 * A commit holds the sum of the hashes of all rows of `states`, and of all positions and recent ids: a row that vanished has
 * no hash that could be wrong. The place of a recent id counts the events that were applied.
 */
const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE partitions (
  source TEXT NOT NULL, topic TEXT NOT NULL, incarnation TEXT NOT NULL, partition INTEGER NOT NULL,
  next INTEGER NOT NULL, watermark REAL, clock REAL, epoch INTEGER NOT NULL, owner TEXT NOT NULL,
  changed INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE states (
  key TEXT PRIMARY KEY, text TEXT, proof TEXT NOT NULL, hash TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE touched (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, key TEXT NOT NULL);
CREATE TABLE commits (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, events INTEGER NOT NULL, keys INTEGER NOT NULL,
  states_sum TEXT NOT NULL, others_sum TEXT NOT NULL, body TEXT NOT NULL, chain TEXT NOT NULL
);
CREATE TABLE recent_ids (id TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX recent_places ON recent_ids (place);
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, topic TEXT NOT NULL, incarnation TEXT NOT NULL,
  partition INTEGER NOT NULL, offset INTEGER NOT NULL, ordinal INTEGER NOT NULL, output TEXT NOT NULL, key TEXT NOT NULL,
  business_id TEXT, value TEXT NOT NULL, time REAL, hash TEXT NOT NULL
);
CREATE TABLE checkpoints (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, begun INTEGER NOT NULL, finished INTEGER,
  base TEXT, seq INTEGER, events INTEGER, sha256 TEXT, hash TEXT
);
`;

/** What the store of a live worker is, and how its trouble is told. */
export const liveStoreFormat: DatabaseFormat = {
  applicationId: 0x454d4c56, // "EMLV"
  version: 1,
  schema,
  name: 'the store of a live worker',
  corrupt: 'corrupt-checkpoint-store',
  corruptHint: 'restore the newest whole checkpoint into another folder: eventmend checkpoint list FOLDER names it',
  strangerHint: 'name the folder that openCheckpointer was given',
  lockedHint: 'another process commits to it just now; try again',
  otherVersion: 'checkpoint-store-version-mismatch',
  otherVersionHint:
    'use the version of @eventmend/checkpoint that made it, or restore a checkpoint into another folder',
  missing: (file) =>
    new RecoveryError('file-unavailable', `there is no store of a live worker at ${file}`, {
      hint: 'openCheckpointer makes one',
    }),
};
