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
  /** Every key that was ever touched, by code points, with its state (null where it has none) and its proof. */
  rows(): AsyncGenerator<StateRow>;
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

function headerOf(file: string): CheckpointHeaderJson {
  let first: Buffer | undefined;
  try {
    for (const { bytes } of readLines(file)) {
      first = Buffer.from(bytes);
      break;
    }
  } catch (cause) {
    throw damaged(file, 'it cannot be read', cause);
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

function damaged(file: string, reason: string, cause?: unknown): RecoveryError {
  return new RecoveryError('invalid-snapshot', `checkpoint ${file}: ${reason}`, {
    hint: 'eventmend checkpoint verify names the newest whole one',
    details: { file, reason },
    ...(cause !== undefined && { cause }),
  });
}
