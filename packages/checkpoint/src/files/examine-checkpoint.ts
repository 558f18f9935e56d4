import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { isRecoveryError } from '@eventmend/core';
import { parseSnapshotHeader } from '@eventmend/core/engine';
import type { CheckpointHeaderJson } from './checkpoint-file.js';
import { parseObject, parseRow, type RowProblem } from './checkpoint-row.js';
import { emptySum, HashSum } from '../store/hash-sum.js';
import { readLines } from './read-lines.js';

/** What is wrong inside of one file. */
export type FileProblem =
  | { readonly kind: 'no-header'; readonly reason: string }
  /** The first bad row; `key` where it could still be read. */
  | { readonly kind: 'bad-row'; readonly line: number; readonly key: string | null; readonly reason: RowProblem }
  | { readonly kind: 'keys-do-not-rise'; readonly line: number; readonly key: string }
  /** `lines` is null where they were not counted. */
  | { readonly kind: 'cut'; readonly lines: number | null }
  | { readonly kind: 'rows-differ'; readonly rows: number; readonly said: number }
  | { readonly kind: 'content-differs' }
  /** Its file has the name of another one. */
  | { readonly kind: 'other-name'; readonly name: string }
  /** With what it stands on it has not all rows, or others than it was made of. */
  | { readonly kind: 'states-differ' }
  | { readonly kind: 'behind-the-end'; readonly line: number };

/** One checkpoint file, read from end to end. */
export interface ExaminedFile {
  readonly file: string;
  /** That of its name. */
  readonly id: string;
  readonly bytes: number;
  /** Null where the first line is none. */
  readonly header: CheckpointHeaderJson | null;
  /** Rows that are whole; what the end line says where they were not read. */
  readonly rows: number;
  /** What its end line says of its content; null where it has none. */
  readonly sha256: string | null;
  /** Null where everything agrees. */
  readonly problem: FileProblem | null;
}

/**
 * Reads a checkpoint file line by line, and names the first thing that is wrong with it: a flipped bit is told by the hash of
 * its row, and also where the file agrees with its end line again.
 */
export function examineCheckpointFile(file: string): ExaminedFile {
  const hash = createHash('sha256');
  let header: CheckpointHeaderJson | null = null;
  let headerProblem: FileProblem | null = null;
  let end: { readonly keys: unknown; readonly sha256: unknown } | null = null;
  let problem: FileProblem | null = null;
  let rows = 0;
  let lines = 0;
  let last: Buffer | null = null;
  const sum = new HashSum(emptySum);
  let states = 0;
  const note = (found: FileProblem): void => void (problem ??= found);
  for (const { number, bytes, ended } of readLines(file)) {
    lines = number;
    if (end !== null) {
      note({ kind: 'behind-the-end', line: number });
      break;
    }
    if (number === 1) {
      const read = readHeader(bytes);
      if (read.kind === 'no-header') headerProblem = read;
      else header = read;
      hash.update(bytes).update('\n');
      continue;
    }
    if (ended && bytes.subarray(0, endStart.length).equals(endStart)) {
      const parsed = parseObject(bytes);
      if (parsed !== null) {
        end = { keys: parsed['keys'], sha256: parsed['sha256'] };
        continue;
      }
    }
    hash.update(bytes).update('\n');
    const row = parseRow(bytes);
    if ('problem' in row) note({ kind: 'bad-row', line: number, key: row.key, reason: row.problem });
    else {
      const key = Buffer.from(row.key, 'utf8');
      if (last !== null && Buffer.compare(key, last) <= 0)
        note({ kind: 'keys-do-not-rise', line: number, key: row.key });
      last = key;
      rows++;
      sum.add(row.hash);
      if (row.text !== null) states++;
    }
  }
  if (end === null) note({ kind: 'cut', lines });
  else if (end.keys !== rows) note({ kind: 'rows-differ', rows, said: Number(end.keys) });
  else if (end.sha256 !== hash.digest('hex')) note({ kind: 'content-differs' });
  const name = basename(file, '.ndjson');
  if (header !== null) {
    if (header.id !== name) note({ kind: 'other-name', name: header.id });
    if (header.base === null && (states !== header.keys || sum.toString() !== header.commit.states_sum))
      note({ kind: 'states-differ' });
  }
  return {
    file,
    id: name,
    bytes: statSync(file).size,
    header,
    rows,
    sha256: typeof end?.sha256 === 'string' ? end.sha256 : null,
    problem: headerProblem ?? problem,
  };
}

const endStart = Buffer.from('{"end":true,');

/** How far from its end the last line of a file may begin, in bytes. */
const tailBytes = 4096;

/** The first and the last line of a checkpoint file: a cut is seen, a flipped bit between them is not. */
export function glanceAtCheckpointFile(file: string): ExaminedFile {
  let header: CheckpointHeaderJson | null = null;
  let problem: FileProblem | null = null;
  for (const { bytes } of readLines(file)) {
    const read = readHeader(bytes);
    if (read.kind === 'no-header') problem = read;
    else header = read;
    break;
  }
  const bytes = statSync(file).size;
  const end = parseObject(lastLine(file, bytes));
  const ended = end?.['end'] === true && typeof end['sha256'] === 'string' && typeof end['keys'] === 'number';
  return {
    file,
    id: basename(file, '.ndjson'),
    bytes,
    header,
    rows: ended ? Number(end['keys']) : 0,
    sha256: ended ? String(end['sha256']) : null,
    problem: problem ?? (ended ? null : { kind: 'cut', lines: null }),
  };
}

/** The last line of a file; empty for one that nothing ends: it was cut. */
export function lastLine(file: string, size: number): Buffer {
  const length = Math.min(size, tailBytes);
  const tail = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, tail, 0, length, size - length);
  } finally {
    closeSync(descriptor);
  }
  if (tail.at(-1) !== lineFeed) return Buffer.alloc(0);
  return tail.subarray(tail.subarray(0, -1).lastIndexOf(lineFeed) + 1, -1);
}

const lineFeed = 0x0a;

function readHeader(bytes: Buffer): CheckpointHeaderJson | Extract<FileProblem, { kind: 'no-header' }> {
  const value = parseObject(bytes);
  try {
    parseSnapshotHeader(value, '');
  } catch (error) {
    return { kind: 'no-header', reason: isRecoveryError(error) ? error.message : String(error) };
  }
  if (!isCheckpointHeader(value))
    return { kind: 'no-header', reason: 'it is a snapshot, and no checkpoint that openCheckpointer made' };
  return value;
}

/** Whether it has all that a checkpoint says and a snapshot of another maker may not. */
export function isCheckpointHeader(value: unknown): value is CheckpointHeaderJson {
  if (!isObject(value)) return false;
  const { format_version: version, kind, id, taken_at: taken, keys, sorted, position, commit } = value;
  return (
    version === 2 &&
    kind === 'snapshot' &&
    typeof id === 'string' &&
    typeof taken === 'string' &&
    Number.isSafeInteger(keys) &&
    sorted === 'code-points' &&
    Array.isArray(position) &&
    isObject(commit) &&
    typeof commit['chain'] === 'string' &&
    typeof commit['states_sum'] === 'string' &&
    isObject(value['omits']) &&
    Array.isArray(value['recent_ids']) &&
    [value['base'], value['previous']].every((earlier) => earlier === null || isEarlier(earlier))
  );
}

function isEarlier(value: unknown): boolean {
  return isObject(value) && typeof value['id'] === 'string' && typeof value['sha256'] === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
