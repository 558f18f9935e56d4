import { readFileSync } from 'node:fs';
import {
  RecoveryError,
  type PartitionPositionJson,
  type ProcessedLedger,
  type RecordedOutputs,
  type RecordSettings,
  type RowSnapshot,
  type SnapshotSource,
} from '@eventmend/core';
import type { RowStream } from '@eventmend/core/records';
import type {
  LedgerGiven,
  OutputsGiven,
  RowsGiven,
  SnapshotFiles,
  StateGiven,
  StateOfRows,
} from '../incident/live-resources.js';
import { positionByTopic } from '../incident/state-of.js';
import type { Engine } from './engine.js';
import { recordsLater, type Records } from './records-later.js';

/** States of a service, from snapshot files and from rows; null where none are given. */
export async function openStates(given: readonly StateGiven[], engine: Engine): Promise<SnapshotSource | null> {
  const paths = given.filter((one): one is SnapshotFiles => one.kind === 'snapshot-files').map(({ path }) => path);
  const ofRows = given.filter((one): one is StateOfRows => one.kind === 'rows');
  const files = paths.length === 0 ? null : await engine.openSnapshots(paths);
  if (ofRows.length === 0) return files;
  const { combineSnapshots, openRowSnapshots } = await engine.resources();
  const rows = openRowSnapshots(ofRows.map(withPosition));
  return files === null ? rows : combineSnapshots([files, rows]);
}

export function openOutputs(given: OutputsGiven, engine: Engine): RecordedOutputs {
  return recordsLater(async () => {
    const { openRecordedOutputs } = await engine.resources();
    return openRecords(given, engine, (rows, settings) => openRecordedOutputs(rows, given.mapping, settings));
  });
}

export function openLedger(given: LedgerGiven, engine: Engine): ProcessedLedger {
  return recordsLater(async () => {
    const { openProcessedLedger } = await engine.resources();
    return openRecords(given, engine, (rows, settings) => openProcessedLedger(rows, given.mapping, settings));
  });
}

async function openRecords<Row>(
  { rows, order, from, until }: OutputsGiven | LedgerGiven,
  engine: Engine,
  open: (rows: RowStream, settings: RecordSettings) => Records<Row>,
): Promise<Records<Row>> {
  const opened = await openRows(rows, engine);
  const records = open(opened.rows, { order: order ?? opened.order, from, until });
  return {
    describe: () => records.describe(),
    read: () => records.read(),
    close() {
      records.close();
      opened.close();
    },
  };
}

interface OpenedRows {
  readonly rows: RowStream;
  /** What their order means where the incident does not say. */
  readonly order: RecordSettings['order'];
  close(): void;
}

/** The rows of a resource. */
export async function openRows(given: RowsGiven, engine: Engine): Promise<OpenedRows> {
  const { openRowStream, rowsOfLog } = await engine.resources();
  if (given.kind !== 'archive') {
    return { rows: await openRowStream(given), order: 'handling', close: () => undefined };
  }
  const log = await engine.openArchive(given.file);
  const rows = await rowsOfLog(log, given.topics);
  // Several partitions of an output topic tell no order between them, nor one in the partitions of the input.
  const order = rows.partitions === 1 ? 'handling' : 'unknown';
  return {
    rows,
    order,
    close() {
      log.close();
    },
  };
}

function withPosition({ kind: _, position, ...snapshot }: StateOfRows): RowSnapshot {
  if (position === null || !('file' in position)) return { ...snapshot, position };
  return { ...snapshot, position: readPosition(position.file) };
}

/** A position in a JSON file: `{topic: {partition: offset}}`, or the list that snapshots hold. */
function readPosition(file: string): readonly PartitionPositionJson[] {
  const wrong = (message: string, cause?: unknown) =>
    new RecoveryError('EM1003', `the position in ${file} ${message}`, {
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
