import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { openRecordedOutputs } from '../../sources/records/open-records.js';
import { standardOutputMapping } from '../../sources/records/record-mapping.js';
import { detectRowFormat } from '../../sources/rows/detect-row-format.js';
import type { RowInput } from '../../sources/rows/row-input.js';
import { openNdjsonSnapshots } from '../../sources/snapshots/ndjson/open-ndjson-snapshots.js';
import { openRowSnapshots } from '../../sources/snapshots/rows/open-row-snapshots.js';
import { describeWorker } from '../../worker/describe-worker.js';
import { stateVersionOf } from '../../worker/migrate-state.js';
import type { Truth } from './open-sides.js';

/**
 * The truth in files that say all about themselves. States: a snapshot file; or in the worker's version of the state, rows `{key, state}`
 * as an export writes them (NDJSON, or the table `state` of a SQLite file), or a JSON document `{KEY: STATE}`. Outputs: rows
 * `{output, key, value, topic, partition, offset, id}` as an export writes them (NDJSON, or the table `outputs` of a SQLite file).
 * @throws RecoveryError `file-unavailable` where there is no such file; `invalid-worker`
 */
export async function openTruth(
  { worker }: Pick<RecoveryInputs, 'worker'>,
  files: { readonly states: string; readonly outputs?: string },
): Promise<Truth> {
  const stateVersion = stateVersionOf(await describeWorker(worker));
  const states = openStates(files.states, stateVersion);
  return files.outputs === undefined ? { states } : { states, outputs: openOutputs(files.outputs) };
}

function openStates(file: string, stateVersion: number): SnapshotSource {
  const start = startOf(file);
  const ofRows = (rows: RowInput, column: string, type?: 'json'): SnapshotSource => {
    const state = { form: 'column', column, ...(type !== undefined && { type }) } as const;
    const described = { position: null, takenAt: null, stateVersion, worker: null };
    return openRowSnapshots([{ id: basename(file), rows, mapping: { key: 'key', state }, ...described }]);
  };
  if (isSqlite(start)) return ofRows({ kind: 'sqlite', file, from: { table: 'state' } }, 'state', 'json');
  if (/\.json$/i.test(file)) return ofRows({ kind: 'members', file, path: [] }, 'value');
  // What is compressed shows nothing, and an export is not: only snapshots are.
  if (detectRowFormat(file).compression !== 'none' || isHeader(start)) return openNdjsonSnapshots(file);
  return ofRows({ kind: 'file', file, format: 'ndjson' }, 'state');
}

function openOutputs(file: string): RecordedOutputs {
  const settings = { order: 'unknown', from: null, until: null } as const;
  if (!isSqlite(startOf(file)))
    return openRecordedOutputs({ kind: 'file', file, format: 'ndjson' }, standardOutputMapping, settings);
  const value = { form: 'column', column: 'value', type: 'json' } as const;
  const rows: RowInput = { kind: 'sqlite', file, from: { table: 'outputs' } };
  return openRecordedOutputs(rows, { ...standardOutputMapping, value }, settings);
}

const enoughForAHeader = 64 * 1024;

function startOf(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(enoughForAHeader);
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new RecoveryError('file-unavailable', `${file} cannot be read`, { hint: 'check the path', cause });
  }
}

function isSqlite(start: string): boolean {
  return start.startsWith('SQLite format 3\0');
}

/** The first line of a snapshot file says what it is. */
function isHeader(start: string): boolean {
  return /^\uFEFF?\{[^\n]*"kind"\s*:\s*"snapshot"/.test(start);
}
