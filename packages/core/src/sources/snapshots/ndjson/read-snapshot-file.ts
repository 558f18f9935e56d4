import { createHash } from 'node:crypto';
import { RecoveryError, isRecoveryError } from '../../../model/errors/recovery-error.js';
import { refuseInexact, rowForMapping } from '../../rows/inexact-rows.js';
import { ndjsonRows } from '../../rows/ndjson-rows.js';
import { detectRowFormat } from '../../rows/detect-row-format.js';
import { openByteChunks } from '../../rows/byte-chunks.js';
import type { RowBatch, RowReader } from '../../rows/row-source.js';
import type { SnapshotDescription } from '../../../model/snapshots/snapshot-source.js';
import { compareCodePoints } from './compare-code-points.js';
import {
  parseSnapshotEnd,
  parseSnapshotHeader,
  parseSnapshotRow,
  type EarlierCheckpoint,
  type SnapshotEndJson,
  type SnapshotFileRow,
  type SnapshotHeader,
} from './snapshot-lines.js';

/** A snapshot file that was read to its end and agrees with itself. */
export interface DescribedFile {
  readonly description: SnapshotDescription;
  /** What it was made on top of; null where it holds all keys itself. */
  readonly base: EarlierCheckpoint | null;
  /** What its end line says of its content; null where it has none. */
  readonly sealed: string | null;
  readonly sorted: SnapshotHeader['sorted'];
}

/**
 * Reads a snapshot file once from end to end and says what it holds.
 * @throws RecoveryError `invalid-snapshot` when it is not one, is cut, or contradicts its own end line.
 */
export async function describeSnapshotFile(file: string, defaultSource: string): Promise<DescribedFile> {
  const found = nothingFound();
  let keys = 0;
  for await (const rows of readBatches(file, defaultSource, found)) keys += rows.length;
  return describeRead(file, found, keys);
}

/**
 * The rows of a snapshot file that nobody described, many at a time, and at their end what it holds.
 * @throws RecoveryError `invalid-snapshot` as `describeSnapshotFile` and `snapshotFileBatches`
 */
export async function* describedFileBatches(
  file: string,
  defaultSource: string,
): AsyncGenerator<readonly SnapshotFileRow[], DescribedFile> {
  const found = nothingFound();
  let keys = 0;
  for await (const rows of snapshotFileBatches(file, defaultSource, found)) {
    keys += rows.length;
    yield rows;
  }
  return describeRead(file, found, keys);
}

/** What a file that was read to its end holds, held against what it says itself. */
async function describeRead(file: string, found: FoundLines, keys: number): Promise<DescribedFile> {
  const { header, end } = found;
  if (header === null) throw damaged(file, 'the file is empty');
  if (end !== null && end.keys !== keys)
    throw damaged(file, `it holds ${keys} keys, and its end line says ${end.keys}`);
  const { whole, untilEnd } = await digests(file, end === null ? null : found.endByte);
  if (end !== null && end.sha256 !== untilEnd)
    throw damaged(file, 'its content does not match the digest in its end line');
  const { id, takenAt, position, worker, stateVersion, base, sorted, omits } = header;
  if (base !== null && (end === null || sorted !== 'code-points'))
    throw damaged(
      file,
      'it was made on top of another checkpoint, and is not sorted by code points or has no end line',
    );
  const completeness = end === null ? 'not-checked' : 'checked';
  return {
    description: {
      id,
      location: file,
      takenAt,
      position,
      keys: header.keys ?? keys,
      digest: whole,
      worker,
      stateVersion,
      completeness,
      ...(omits !== undefined && { omits }),
    },
    base,
    sealed: end?.sha256 ?? null,
    sorted,
  };
}

/** The header of a snapshot file, also of one that is damaged further on; null where it cannot be read. */
export async function readSnapshotHeader(file: string, defaultSource: string): Promise<SnapshotHeader | null> {
  const found = nothingFound();
  try {
    const batches = readBatches(file, defaultSource, found);
    await batches.next();
    await batches.return(undefined);
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
  }
  return found.header;
}

/**
 * The rows of a snapshot file, many at a time; a state is undefined where it says that the key is gone. As long as keys rise none
 * can be there twice; they are remembered only from where one falls.
 * @throws RecoveryError `invalid-snapshot` when a key is there twice, or the file is damaged.
 */
export async function* snapshotFileBatches(
  file: string,
  defaultSource: string,
  found = nothingFound(),
): AsyncGenerator<readonly SnapshotFileRow[]> {
  let seen: Set<string> | null = null;
  let last: string | null = null;
  let passed = 0;
  for await (const rows of readBatches(file, defaultSource, found)) {
    const sorted = found.header?.sorted ?? 'no';
    for (const { key } of rows) {
      if (seen !== null) {
        if (seen.size === seen.add(key).size) throw damaged(file, `key ${quote(key)} is there twice`);
      } else if (last !== null && (sorted === 'code-points' ? compareCodePoints(key, last) <= 0 : key <= last)) {
        if (sorted !== 'no') throw damaged(file, `key ${quote(key)} is there twice, or the keys are not sorted`);
        seen = await firstKeys(file, defaultSource, passed);
        if (seen.size === seen.add(key).size) throw damaged(file, `key ${quote(key)} is there twice`);
      }
      last = key;
      passed++;
    }
    yield rows;
  }
}

/** The keys of the first rows, read once more. */
async function firstKeys(file: string, defaultSource: string, count: number): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const rows of readBatches(file, defaultSource, nothingFound())) {
    for (const { key } of rows) {
      if (keys.size === count) return keys;
      keys.add(key);
    }
  }
  return keys;
}

interface FoundLines {
  header: SnapshotHeader | null;
  end: SnapshotEndJson | null;
  /** Where the end line begins. */
  endByte: number;
}

function nothingFound(): FoundLines {
  return { header: null, end: null, endByte: 0 };
}

/** Goes over the rows, and puts header and end line where the caller finds them. The first batch comes with the header, and may be empty. */
async function* readBatches(
  file: string,
  defaultSource: string,
  found: FoundLines,
): AsyncGenerator<readonly SnapshotFileRow[]> {
  let reader: RowReader | null = null;
  try {
    reader = ndjsonRows(file, { compression: detectRowFormat(file).compression }).open();
    for (;;) {
      const batch: RowBatch | null = await reader.next();
      if (batch === null) return;
      yield rowsOfBatch(file, batch, defaultSource, found);
    }
  } catch (error) {
    // Rows that cannot be read are told in the words of the row reader; for a snapshot all of it means: damaged.
    if (isRecoveryError(error) && error.message.startsWith(file))
      throw damaged(file, error.message.slice(file.length).replace(/^[:, ]+/, ''), error);
    if (isRecoveryError(error)) throw damaged(file, error.message, error);
    throw error;
  } finally {
    reader?.close();
  }
}

function rowsOfBatch(file: string, batch: RowBatch, defaultSource: string, found: FoundLines): SnapshotFileRow[] {
  const rows: SnapshotFileRow[] = [];
  for (let i = 0; i < batch.count; i++) {
    const value = rowForMapping(batch, i, found.header?.numbers);
    refuseInexact(value, batch, i);
    if (found.header === null) {
      found.header = parseSnapshotHeader(value, defaultSource);
      continue;
    }
    if (found.end !== null) throw damaged(file, 'there are lines behind its end line');
    found.end = parseSnapshotEnd(value);
    if (found.end === null) rows.push(parseSnapshotRow(value, found.header.format));
    else found.endByte = batch.place(i).byte ?? 0;
  }
  return rows;
}

/** SHA-256 of the content (after decompression), and of what lies in front of the end line. */
async function digests(file: string, endByte: number | null): Promise<{ whole: string; untilEnd: string }> {
  const chunks = openByteChunks(file, detectRowFormat(file).compression, 0);
  const whole = createHash('sha256');
  const untilEnd = createHash('sha256');
  let at = 0;
  try {
    for (let chunk = await chunks.next(); chunk !== null; chunk = await chunks.next()) {
      whole.update(chunk);
      if (endByte !== null && at < endByte) untilEnd.update(chunk.subarray(0, endByte - at));
      at += chunk.length;
    }
  } finally {
    chunks.close();
  }
  return { whole: whole.digest('hex'), untilEnd: untilEnd.digest('hex') };
}

function damaged(file: string, reason: string, cause?: unknown): RecoveryError {
  return new RecoveryError('invalid-snapshot', `snapshot ${file}: ${reason}`, {
    hint: 'leave it out, or fetch it again; an earlier snapshot will do as well',
    details: { file, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}

function quote(key: string): string {
  return JSON.stringify(key.slice(0, 100));
}
