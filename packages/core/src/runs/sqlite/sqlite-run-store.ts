import { StateDigest } from '../../engine/digest/state-digest.js';
import { refuseRepeatedKey } from '../../engine/store/memory-run-store.js';
import type { QuarantinedEvent } from '../../model/accounts/quarantined-event.js';
import {
  baselineLane,
  type BaselineRow,
  type BaselineSummary,
  type ForcedQuarantine,
  type LaneNumber,
  type OutputChunk,
  type ProvenanceGroup,
  type RunStore,
  type StoredState,
} from '../../engine/store/run-store.js';
import { noHeadFile, openHeadFile } from '../../sources/drivers/head-file.js';
import { storageError, withStorageErrors } from '../../sources/drivers/storage-error.js';
import { openRunDatabase, runStoreFormat, type RunDatabase, type RunDatabaseOptions } from './open-run-database.js';
import { readTexts } from './read-texts.js';
import { openSqliteLane } from './sqlite-lane-store.js';
import type { PartitionId } from '../../model/log/partition-id.js';

interface QuarantinedRow extends PartitionId {
  readonly offset: number;
  readonly keys: string | null;
  readonly code: string;
  readonly reason: string;
}

/**
 * Opens the store of a run in one SQLite file (and a small head file beside it). Several threads may open the same run,
 * each for other lanes; whoever carries the run out as a whole holds its lock, see run-lock.ts.
 */
export function openSqliteRunStore(file: string, options: RunDatabaseOptions): RunStore {
  const database = openRunDatabase(file, options);
  const headPath = `${file}.head`;
  const headFile = options.readOnly === true ? noHeadFile : openHeadFile(headPath);
  const told = <T>(work: () => T): T => withStorageErrors(file, runStoreFormat, work);
  return {
    baseline: () => told(() => readBaseline(database)),
    writeBaseline: (rows) => writeBaseline(database, file, rows),
    lane: (lane) => told(() => openSqliteLane(database, file, headPath, headFile, lane)),
    forcedQuarantines: () =>
      told(() => database.prepare<[], QuarantinedRow>('SELECT * FROM forced_quarantine').all()).map(
        ({ source, topic, incarnation, partition, offset, reason }) => ({
          partition: { source, topic, incarnation, partition },
          offset,
          reason,
        }),
      ),
    forceQuarantine: ({ partition, offset, reason }: ForcedQuarantine) => {
      const { source, topic, incarnation } = partition;
      told(() =>
        database
          .prepare('INSERT OR REPLACE INTO forced_quarantine VALUES (?, ?, ?, ?, ?, ?)')
          .run(source, topic, incarnation, partition.partition, offset, reason),
      );
    },
    state: (key) =>
      told(() =>
        database
          .prepare<[string], StoredState>('SELECT text, provenance, hash, lane FROM state WHERE key = ?')
          .get(key),
      ),
    provenanceGroups: () =>
      told(() =>
        database
          .prepare<[], ProvenanceGroup>(
            'SELECT lane, provenance, count(*) AS keys FROM state WHERE text IS NOT NULL GROUP BY lane, provenance',
          )
          .all(),
      ),
    states: () =>
      rowsOf(file, () =>
        database
          .prepare<[], { key: string } & StoredState>(
            'SELECT key, text, provenance, hash, lane FROM state ORDER BY key',
          )
          .iterate(),
      ),
    texts: () => rowsOf(file, () => readTexts(database)),
    chunks: (lane: LaneNumber) =>
      rowsOf(file, () =>
        database
          .prepare<[number], OutputChunk>(
            'SELECT number, count, text, hash FROM output_chunk WHERE lane = ? ORDER BY number',
          )
          .iterate(lane),
      ),
    quarantined: () => rowsOf(file, () => readQuarantined(database)),
    close: () => {
      headFile.close();
      database.close();
    },
  };
}

/** A damaged page may be met at any row. */
function* rowsOf<T>(file: string, rows: () => Iterable<T>): Generator<T> {
  try {
    yield* rows();
  } catch (error) {
    throw storageError(error, file, runStoreFormat);
  }
}

function readBaseline(database: RunDatabase): BaselineSummary | null {
  const value = database.prepare("SELECT value FROM run WHERE name = 'baseline'").pluck().get();
  return typeof value === 'string' ? (JSON.parse(value) as BaselineSummary) : null;
}

async function writeBaseline(
  database: RunDatabase,
  file: string,
  rows: AsyncIterable<BaselineRow> | Iterable<BaselineRow>,
): Promise<BaselineSummary> {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO state (key, lane, text, provenance, hash) VALUES (?, ${baselineLane}, ?, ?, ?)`,
  );
  const digest = new StateDigest();
  let keys = 0;
  // One transaction over the whole stream: a baseline is there whole or not at all.
  withStorageErrors(file, runStoreFormat, () => database.exec('BEGIN IMMEDIATE'));
  try {
    for await (const row of rows) {
      const { changes } = insert.run(row.key, row.text, row.part, row.hash);
      refuseRepeatedKey(changes === 0, row);
      digest.add(row.hash);
      keys++;
    }
    const summary = { keys, digest: digest.toHex() };
    database.prepare("INSERT INTO run (name, value) VALUES ('baseline', ?)").run(JSON.stringify(summary));
    database.exec('COMMIT');
    return summary;
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw storageError(error, file, runStoreFormat);
  }
}

function* readQuarantined(database: RunDatabase): Iterable<QuarantinedEvent> {
  const rows = database.prepare<[], QuarantinedRow>('SELECT * FROM quarantined ORDER BY topic, partition, offset');
  for (const { source, topic, incarnation, partition, offset, keys, code, reason } of rows.iterate()) {
    yield {
      partition: { source, topic, incarnation, partition },
      offset,
      keys: keys === null ? null : (JSON.parse(keys) as string[]),
      code,
      reason,
    };
  }
}
