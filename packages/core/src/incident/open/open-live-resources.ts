import { readFileSync } from 'node:fs';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import type { PartitionPositionJson } from '../../model/position/position.js';
import type { LogLocator } from '../../model/log/event-log.js';
import type { OutputSchemas } from '../../runs/publish/value-encoder.js';
import type { ProcessedLedger } from '../../model/records/processed-ledger.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { Deliveries } from '../../sources/deliveries/open-deliveries.js';
import { recordsOfOriginals } from '../../sources/deliveries/records-of-originals.js';
import type { RecordedEnds, RecordInput } from '../../sources/records/record-rows.js';
import { openProcessedLedger, openRecordedOutputs } from '../../sources/records/open-records.js';
import { combineSnapshots } from '../../sources/snapshots/combine-snapshots.js';
import { openNdjsonSnapshots } from '../../sources/snapshots/ndjson/open-ndjson-snapshots.js';
import { openRowSnapshots } from '../../sources/snapshots/rows/open-row-snapshots.js';
import type { RowSnapshot } from '../../sources/snapshots/rows/row-snapshot.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type {
  LedgerConfig,
  OutputsConfig,
  RowsConfig,
  SnapshotFiles,
  StateConfig,
  StateOfRows,
} from '../file/live-resources.js';
import { positionByTopic } from '../file/state-of.js';

/** States of a service, from snapshot files and from rows; null where none are given. */
export async function openStates(given: readonly StateConfig[]): Promise<SnapshotSource | null> {
  const paths = given.filter((one): one is SnapshotFiles => one.kind === 'snapshot-files').map(({ path }) => path);
  const ofRows = given.filter((one): one is StateOfRows => one.kind === 'rows');
  const files = paths.length === 0 ? null : openNdjsonSnapshots(paths);
  if (ofRows.length === 0) return files;
  const rows = openRowSnapshots(ofRows.map(withPosition));
  return files === null ? rows : combineSnapshots([files, rows]);
}

/** The state as the service has it now; of a folder, such as one of checkpoints, the newest in it. */
export async function openLiveState(given: StateConfig): Promise<SnapshotSource | null> {
  return given.kind === 'snapshot-files' ? openNdjsonSnapshots(given.path, { newestOnly: true }) : openStates([given]);
}

/**
 * @param deliveries whose handlings count as such of the originals
 * @param ends for an output topic: what stands behind them does not count as recorded
 */
export async function openOutputs(
  given: OutputsConfig,
  deliveries: Deliveries,
  ends?: RecordedEnds,
): Promise<RecordedOutputs> {
  const { mapping, order, from, until } = given;
  const input = await orError(inputOf(given.rows, ends, given.schemas ?? null));
  if (isRecoveryError(input)) return unreadable(input);
  const outputs = openRecordedOutputs(input, mapping, { order, from, until });
  return deliveries.topics.length === 0 ? outputs : recordsOfOriginals(outputs, deliveries);
}

/** @param deliveries whose handlings count as such of the originals */
export async function openLedger(given: LedgerConfig, deliveries: Deliveries): Promise<ProcessedLedger> {
  const { mapping, order, from, until } = given;
  const input = await orError(inputOf(given.rows));
  if (isRecoveryError(input)) return unreadable(input);
  const ledger = openProcessedLedger(input, mapping, { order, from, until });
  return deliveries.topics.length === 0 ? ledger : recordsOfOriginals(ledger, deliveries);
}

/**
 * An archive is opened once to learn how others open it. One that cannot be is an error only for those who read it, as it is
 * with all records.
 */
export async function inputOf(
  rows: RowsConfig,
  ends?: RecordedEnds,
  schemas: OutputSchemas | null = null,
): Promise<RecordInput> {
  if (rows.kind === 'kafka') {
    const { kafkaLogModule } = await import('../../sources/kafka/log/open-kafka-log.js');
    const raw = { module: kafkaLogModule, options: rows.log };
    const log = schemas === null ? raw : await withSchemasOf(raw, schemas);
    return { kind: 'log', log, topics: null, grows: true, ...(ends !== undefined && { ends }) };
  }
  if (rows.kind !== 'archive') return rows;
  const { openArchive } = await import('../../sources/archive/open-archive.js');
  const log = openArchive(rows.file);
  log.close();
  if (log.locator === undefined) throw new Error('an archive has a locator');
  return { kind: 'log', log: log.locator, topics: rows.topics };
}

async function withSchemasOf(log: LogLocator, { registry, longs }: OutputSchemas): Promise<LogLocator> {
  const { locatorWithSchemas } = await import('../../sources/schemas/with-schemas.js');
  return locatorWithSchemas(log, { registry }, { longs });
}

async function orError<T>(made: Promise<T>): Promise<T | RecoveryError> {
  return made.catch((error: unknown) => {
    if (isRecoveryError(error)) return error;
    throw error;
  });
}

function unreadable(error: RecoveryError) {
  return {
    describe: () => Promise.reject(error),
    read: (): AsyncIterable<never> => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }),
    close: () => undefined,
  };
}

function withPosition({ kind: _, position, ...snapshot }: StateOfRows): RowSnapshot {
  if (position === null || !('file' in position)) return { ...snapshot, position };
  return { ...snapshot, position: readPosition(position.file) };
}

/** A position in a JSON file: `{topic: {partition: offset}}`, or the list that snapshots hold. */
function readPosition(file: string): readonly PartitionPositionJson[] {
  const wrong = (message: string, cause?: unknown) =>
    new RecoveryError('file-unavailable', `the position in ${file} ${message}`, {
      hint: 'write {"TOPIC": {"PARTITION": "next offset"}}; the path is relative to the incident file',
      ...(cause !== undefined && { cause }),
    });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw wrong('cannot be read', cause);
  }
  if (Array.isArray(value) && value.every(isPart)) return value;
  if (isByTopic(value)) return positionByTopic(value);
  throw wrong('is none');
}

function isPart(part: unknown): part is PartitionPositionJson {
  const { topic, partition, next } = (part ?? {}) as Record<string, unknown>;
  return typeof topic === 'string' && Number.isSafeInteger(partition) && typeof next === 'string';
}

function isByTopic(value: unknown): value is Readonly<Record<string, Readonly<Record<string, string | number>>>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.values(value).every(
    (partitions: unknown) =>
      partitions !== null &&
      typeof partitions === 'object' &&
      Object.entries(partitions).every(([name, next]) => /^\d+$/.test(name) && /^\d{1,16}$/.test(String(next))),
  );
}
