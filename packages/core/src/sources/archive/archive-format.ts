/** Stands in the header of the file (`EMAR`), so that `file` and this package know an archive from any other database. */
export const archiveApplicationId = 0x454d4152;

/** Stands in the hash of every segment; the forms of values that were added later have numbers of their own. */
export const segmentHashVersion = 1;

/**
 * The versions of the format, as `user_version` tells. An older program refuses what it would read wrongly: where damaged
 * records are kept, a contradicted event for a good one; where values stand as columns, no values.
 */
export const archiveVersions = { texts: 1, textsAndDamage: 2, columns: 3, columnsAndDamage: 4 } as const;

/** Of new archives, as long as nothing damaged is kept in them. */
export const archiveFormatVersion: number = archiveVersions.columns;

export function mayHoldColumns(version: number): boolean {
  return version >= archiveVersions.columns;
}

export function holdsDamage(version: number): boolean {
  return version === archiveVersions.textsAndDamage || version === archiveVersions.columnsAndDamage;
}

/** Large pages: a segment of about 100 kB then spans few of them. */
export const archivePageSize = 16_384;

/**
 * How the values of a segment are stored. `bytes`: one after the other, decoded one by one. `json`: as the text of one JSON
 * array; only for values that were each parsed alone when they were written, since texts such as `{"x":"` and `"}` are no
 * JSON and yet join into some. `ascii`: the same without any character above 127, which is cheaper to turn into a string.
 * `columns`: field by field, see `columnsThatPrintBack`; only for values that read back to the very same texts.
 */
export const valueForms = { bytes: 0, json: 1, ascii: 2, columns: 3 } as const;

/** In `value_lengths`: the event has no value at all (a tombstone), which is not the same as the JSON text `null`. */
export const tombstoneLength = 0xffff_ffff;

/**
 * The tables. Segments, holes and the seal are written once: triggers refuse to change them. A segment carries the hash of
 * all of its columns; a partition that of its own and, as chains, of its segments and holes; `archive` one over all
 * partitions and `progress`, which holds where imports stand.
 */
export const archiveSchema: readonly string[] = [
  `CREATE TABLE archive (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  commits INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  digest BLOB NOT NULL
) STRICT`,
  `CREATE TABLE partition (
  ref INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  topic TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  partition INTEGER NOT NULL,
  beginning INTEGER NOT NULL,
  first_offset INTEGER,
  end_offset INTEGER NOT NULL,
  next_offset INTEGER NOT NULL,
  events INTEGER NOT NULL,
  repeated INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  min_time REAL,
  max_time REAL,
  segment_chain BLOB NOT NULL,
  hole_chain BLOB NOT NULL,
  sha256 BLOB NOT NULL,
  UNIQUE (source, topic, incarnation, partition)
) STRICT`,
  `CREATE TABLE segment (
  id INTEGER PRIMARY KEY,
  partition_ref INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  previous_next INTEGER NOT NULL,
  first_offset INTEGER NOT NULL,
  last_offset INTEGER NOT NULL,
  events INTEGER NOT NULL,
  min_time REAL,
  max_time REAL,
  value_form INTEGER NOT NULL,
  offsets BLOB,
  times BLOB,
  time_types BLOB,
  keys BLOB,
  binary_keys BLOB,
  headers BLOB,
  value_lengths BLOB NOT NULL,
  value_bytes BLOB NOT NULL,
  sha256 BLOB NOT NULL
) STRICT`,
  `CREATE UNIQUE INDEX segment_by_offset ON segment (partition_ref, first_offset)`,
  `CREATE INDEX segment_by_time ON segment (partition_ref, min_time, max_time)`,
  `CREATE TABLE hole (
  partition_ref INTEGER NOT NULL,
  from_offset INTEGER NOT NULL,
  to_offset INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (partition_ref, from_offset)
) STRICT, WITHOUT ROWID`,
  `CREATE TABLE progress (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
  ...['segment', 'hole'].flatMap((table) => [
    `CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, 'immutable'); END`,
    `CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, 'immutable'); END`,
    sealedTrigger(table, 'INSERT'),
  ]),
  sealedTrigger('partition', 'INSERT'),
  sealedTrigger('partition', 'UPDATE'),
  sealedTrigger('progress', 'INSERT'),
  sealedTrigger('progress', 'UPDATE'),
  `CREATE TRIGGER partition_no_delete BEFORE DELETE ON partition BEGIN SELECT RAISE(ABORT, 'immutable'); END`,
  `CREATE TRIGGER archive_sealed_update BEFORE UPDATE ON archive WHEN OLD.sealed <> 0 BEGIN SELECT RAISE(ABORT, 'sealed'); END`,
];

/** What an archive with damaged records has besides: their bytes. What is known of each stands in `progress`. */
export const damageSchema: readonly string[] = [
  `CREATE TABLE damaged_record (
  number INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT`,
  `CREATE TRIGGER damaged_record_no_update BEFORE UPDATE ON damaged_record BEGIN SELECT RAISE(ABORT, 'immutable'); END`,
  `CREATE TRIGGER damaged_record_no_delete BEFORE DELETE ON damaged_record BEGIN SELECT RAISE(ABORT, 'immutable'); END`,
  sealedTrigger('damaged_record', 'INSERT'),
];

function sealedTrigger(table: string, operation: 'INSERT' | 'UPDATE'): string {
  const name = `${table}_sealed_${operation.toLowerCase()}`;
  const sealed = '(SELECT sealed FROM archive) <> 0';
  return `CREATE TRIGGER ${name} BEFORE ${operation} ON ${table} WHEN ${sealed} BEGIN SELECT RAISE(ABORT, 'sealed'); END`;
}
