import { readFileSync } from 'node:fs';
import {
  isRecoveryError,
  RecoveryError,
  type PartitionPositionJson,
  type ProcessedLedger,
  type RecordedOutputs,
  type RecordInput,
  type RowSnapshot,
  type SnapshotSource,
} from '@eventmend/core';
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

export async function openOutputs(given: OutputsGiven, engine: Engine): Promise<RecordedOutputs> {
  const { openRecordedOutputs } = await engine.resources();
  const { mapping, order, from, until } = given;
  const input = await orError(inputOf(given.rows, engine));
  return isRecoveryError(input) ? unreadable(input) : openRecordedOutputs(input, mapping, { order, from, until });
}

export async function openLedger(given: LedgerGiven, engine: Engine): Promise<ProcessedLedger> {
  const { openProcessedLedger } = await engine.resources();
  const { mapping, order, from, until } = given;
  const input = await orError(inputOf(given.rows, engine));
  return isRecoveryError(input) ? unreadable(input) : openProcessedLedger(input, mapping, { order, from, until });
}

/**
 * An archive is opened once to learn how others open it. One that cannot be is an error only for those who read it, as it is
 * with all records.
 */
export async function inputOf(rows: RowsGiven, engine: Engine): Promise<RecordInput> {
  if (rows.kind !== 'archive') return rows;
  const log = await engine.openArchive(rows.file);
  log.close();
  if (log.locator === undefined) throw new Error('an archive has a locator');
  return { kind: 'log', log: log.locator, topics: rows.topics };
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
