/** SQLite's application id of a run store: "EMRN". */
export const runStoreApplicationId = 0x454d524e;

/** Raised whenever a store of an older version could be misread. */
export const runStoreVersion = 2;

/**
 * `heads` holds the last commit of each lane, `commits` the chain over all of them. States carry a hash each, chunks of
 * outputs too; the newest link of the chain is kept outside this file as well (see head-file.ts).
 */
export const runStoreSchema = `
CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE state (
  key TEXT PRIMARY KEY, lane INTEGER NOT NULL, text TEXT, provenance INTEGER NOT NULL, hash TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE output_chunk (
  lane INTEGER NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (lane, number)
);
CREATE TABLE heads (lane INTEGER PRIMARY KEY, seq INTEGER NOT NULL, head TEXT NOT NULL);
CREATE TABLE commits (
  lane INTEGER NOT NULL, seq INTEGER NOT NULL, head_hash TEXT NOT NULL, chain TEXT NOT NULL, PRIMARY KEY (lane, seq)
) WITHOUT ROWID;
CREATE TABLE provenance (
  lane INTEGER NOT NULL, id INTEGER NOT NULL, causes TEXT NOT NULL, PRIMARY KEY (lane, id)
) WITHOUT ROWID;
CREATE TABLE quarantined (
  lane INTEGER NOT NULL, source TEXT NOT NULL, topic TEXT NOT NULL, incarnation TEXT NOT NULL, partition INTEGER NOT NULL,
  offset INTEGER NOT NULL, keys TEXT, code TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (source, topic, incarnation, partition, offset)
) WITHOUT ROWID;
CREATE TABLE blocked_key (lane INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (lane, key)) WITHOUT ROWID;
CREATE TABLE recent_ids (lane INTEGER NOT NULL, first INTEGER NOT NULL, ids TEXT NOT NULL, PRIMARY KEY (lane, first)) WITHOUT ROWID;
CREATE TABLE forced_quarantine (
  source TEXT NOT NULL, topic TEXT NOT NULL, incarnation TEXT NOT NULL, partition INTEGER NOT NULL,
  offset INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (source, topic, incarnation, partition, offset)
) WITHOUT ROWID;
`;
