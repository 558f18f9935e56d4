import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import { compareCodePoints, newestRows, type EarlierCheckpoint } from '@eventmend/core/engine';
import type { CheckpointHeaderJson } from '../files/checkpoint-file.js';
import { parseObject, parseRow } from '../files/checkpoint-row.js';
import { isCheckpointHeader } from '../files/examine-checkpoint.js';
import { readLines } from '../files/read-lines.js';
import { emptySum, HashSum } from '../store/hash-sum.js';
import type { HashedRow, StateRow } from '../store/state-row.js';

/** One checkpoint, opened to be read. */
export interface OpenCheckpoint {
  readonly header: CheckpointHeaderJson;
  /**
   * Every key that was ever touched, by code points, with its state (null where it has none) and its proof. At its end each
   * file is held against its end line: rows count when all of them have come.
   * @throws RecoveryError `invalid-snapshot`
   */
  rows(): AsyncGenerator<StateRow>;
  /** The row of one key, checked against its hash; null where nothing was ever applied to it. */
  row(key: string): Promise<StateRow | null>;
  /** Business ids of the last events, the oldest first; null for one without. */
  recentIds(): Iterable<string | null>;
}

interface Layer {
  readonly file: string;
  readonly header: CheckpointHeaderJson;
  /** What its end line says. */
  readonly sha256: string;
}

/**
 * Opens a checkpoint by its id. Each row is checked while it is read, and at the end of the rows all of them: against the end
 * lines of the files, what each says of the one below it, and the sum over all rows. Whoever reads to the end has read what
 * was written, or is told that it is damaged.
 * @throws RecoveryError `invalid-snapshot` where there is no such checkpoint, or it or one below it is damaged
 */
export function openCheckpoint(folder: string, id: string): OpenCheckpoint {
  const layers: Layer[] = [];
  let header: CheckpointHeaderJson | null = null;
  for (let wanted: EarlierCheckpoint | null = { id, sha256: '' }; wanted !== null;) {
    const file = join(folder, `${wanted.id}.ndjson`);
    if (layers.some((layer) => layer.file === file)) throw damaged(file, 'it stands on itself');
    const read = headerOf(file);
    if (read.id !== wanted.id) throw damaged(file, `it is checkpoint ${JSON.stringify(read.id)} under another name`);
    layers.push({ file, sha256: header === null ? null : wanted.sha256 });
    header ??= read;
    wanted = read.base;
  }
  if (header === null) throw damaged(folder, `it has no checkpoint ${id}`);
  const top = header;
  return { header: top, rows: () => summedRows(newestRows(layers.map(rowsOfFile)), top, join(folder, `${id}.ndjson`)) };
}

/** One file of the stack; `sha256` is what the one above says of it. */
interface Layer {
  readonly file: string;
  readonly sha256: string | null;
}

async function* summedRows(
  rows: AsyncGenerator<HashedRow>,
  { commit, keys }: CheckpointHeaderJson,
  file: string,
): AsyncGenerator<StateRow> {
  const sum = new HashSum(emptySum);
  let states = 0;
  for await (const { hash, ...row } of rows) {
    sum.add(hash);
    if (row.text !== null) states++;
    yield row;
  }
  if (states !== keys || sum.toString() !== commit.states_sum)
    throw damaged(file, 'together with what it stands on it has not all rows, or others than it was made of');
}

function layersOf(folder: string, id: string): readonly Layer[] {
  const layers: Layer[] = [];
  for (let wanted: { id: string; sha256: string | null } | null = { id, sha256: null }; wanted !== null;) {
    const file = join(folder, `${wanted.id}.ndjson`);
    // A name may come from a header that somebody changed: only names of checkpoints are followed.
    if (!/^c-\d+$/.test(wanted.id) || !existsSync(file)) throw damaged(file, 'it is not there');
    const { header, sha256, problem } = glanceAtCheckpointFile(file);
    if (header === null || sha256 === null || problem !== null) throw damaged(file, 'it is cut, or no checkpoint');
    if (wanted.sha256 !== null && wanted.sha256 !== sha256) throw damaged(file, 'it is another one than was built on');
    if (layers.some((layer) => layer.file === file)) throw damaged(file, 'it stands on itself');
    layers.push({ file, header, sha256 });
    wanted = header.base;
  }
  const header = first === undefined ? null : parseObject(first);
  if (!isCheckpointHeader(header)) throw damaged(file, 'it is no checkpoint');
  return header;
}

async function* rowsOfFile({ file, sha256 }: Layer): AsyncGenerator<HashedRow> {
  const hash = createHash('sha256');
  let rows = 0;
  let last: string | null = null;
  let end: Readonly<Record<string, unknown>> | null = null;
  for (const { number, bytes, ended } of readLines(file)) {
    if (end !== null) throw damaged(file, `line ${number} is behind its end line`);
    const row = number === 1 ? null : parseRow(bytes);
    if (row !== null && 'problem' in row) {
      const object = parseObject(bytes);
      if (object?.['end'] !== true || !ended) {
        const key = row.key === null ? '' : ` (key ${JSON.stringify(row.key)})`;
        throw damaged(file, `line ${number} is no whole row${key}`);
      }
      end = object;
      continue;
    }
    hash.update(bytes).update('\n');
    if (row === null) continue;
    if (last !== null && compareCodePoints(row.key, last) <= 0)
      throw damaged(file, `the keys do not rise in line ${number}`);
    last = row.key;
    rows++;
    yield row;
  }
  if (end === null) throw damaged(file, 'it has no end line: it was cut');
  if (end['keys'] !== rows || end['sha256'] !== hash.digest('hex'))
    throw damaged(file, 'its content does not match its end line');
  if (sha256 !== null && end['sha256'] !== sha256)
    throw damaged(file, 'it is another one than the checkpoint above it was made on');
}

/** SHA-256 of a file without its last line, from the pieces in which it is read. */
function contentHash(file: string): { readonly update: (bytes: Buffer) => void; readonly hex: () => string } {
  const { bytes: size, endLength } = glanceAtCheckpointFile(file);
  const hash = createHash('sha256');
  let left = size - endLength;
  return {
    update(bytes) {
      if (left <= 0) return;
      hash.update(bytes.subarray(0, Math.min(bytes.length, left)));
      left -= bytes.length;
    },
    hex: () => hash.digest('hex'),
  };
}

const endStart = Buffer.from('{"end":true,');

function* recentIdsOf(file: string): Generator<string | null> {
  for (const { bytes } of readLines(file)) yield* parseRecentIds(bytes) ?? [];
}

function damaged(file: string, reason: string): RecoveryError {
  return new RecoveryError('invalid-snapshot', `checkpoint ${file}: ${reason}`, {
    hint: 'eventmend checkpoint verify names the newest whole one',
    details: { file, reason },
  });
}
