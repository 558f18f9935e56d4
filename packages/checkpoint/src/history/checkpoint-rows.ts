import { statSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import { compareCodePoints, type EarlierCheckpoint } from '@eventmend/core/engine';
import type { CheckpointHeaderJson } from '../files/checkpoint-file.js';
import { cutRow, parseObject, type RowText } from '../files/checkpoint-row.js';
import { digestContent } from '../files/digest-content.js';
import { isCheckpointHeader, lastLine } from '../files/examine-checkpoint.js';
import { readLines } from '../files/read-lines.js';
import { emptySum, HashSum } from '../store/hash-sum.js';
import { newestOfStack } from './newest-of-stack.js';
import type { ProcessingProof } from '../live/processing-proof.js';
import type { StateRow } from '../store/state-row.js';

/** One checkpoint, opened to be read. */
export interface OpenCheckpoint {
  readonly header: CheckpointHeaderJson;
  /** Every key that was ever touched, by code points, with its state (null where it has none) and its proof. */
  rows(): Generator<StateRow>;
  /** The row of one key, when the whole checkpoint has been read and is whole; null where nothing was applied to the key. */
  row(key: string): StateRow | null;
}

/**
 * Opens a checkpoint by its id. At the end of the rows all of them are checked: against the end lines of the files, what each
 * says of the one below it, and the sum over all rows. Whoever reads to the end has read what was written, or is told that
 * it is damaged.
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
  const rows = (): Generator<StateRow> =>
    summedRows(newestOfStack(layers.map(rowsOfFile)), top, join(folder, `${id}.ndjson`));
  return {
    header: top,
    rows,
    row(key) {
      let found: StateRow | null = null;
      for (const row of rows()) if (row.key === key) found = { key, text: row.text, proof: row.proof };
      return found;
    },
  };
}

/** One file of the stack; `sha256` is what the one above says of it. */
interface Layer {
  readonly file: string;
  readonly sha256: string | null;
}

/** A row whose proof is parsed only for those who look at it. */
class ReadRow implements StateRow {
  readonly key: string;
  readonly text: string | null;
  readonly #proof: string;

  constructor(key: string, text: string | null, proof: string) {
    this.key = key;
    this.text = text;
    this.#proof = proof;
  }

  get proof(): ProcessingProof {
    return JSON.parse(this.#proof) as ProcessingProof;
  }
}

function* summedRows(
  rows: Generator<RowText>,
  { commit, keys }: CheckpointHeaderJson,
  file: string,
): Generator<StateRow> {
  const sum = new HashSum(emptySum);
  let states = 0;
  for (const { key, text, proof, hash } of rows) {
    sum.add(hash);
    if (text !== null) states++;
    yield new ReadRow(key, text, proof);
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

/**
 * The rows of a file, which is held against its end line before any is given. That digest stands for the hash of each row;
 * `eventmend checkpoint verify` names the row that differs.
 */
function* rowsOfFile({ file, sha256 }: Layer): Generator<RowText> {
  const end = requireWhole(file);
  if (sha256 !== null && end['sha256'] !== sha256)
    throw damaged(file, 'it is another one than the checkpoint above it was made on');
  let rows = 0;
  let last: string | null = null;
  for (const { number, bytes } of readLines(file)) {
    if (number === 1) continue;
    const row = cutRow(bytes.toString('utf8'));
    if (row === null) break;
    if (last !== null && compareCodePoints(row.key, last) <= 0)
      throw damaged(file, `the keys do not rise in line ${number}`);
    last = row.key;
    rows++;
    yield row;
  }
  if (end['keys'] !== rows) throw damaged(file, 'it has not as many rows as its end line says');
}

/** What the end line says of a file that agrees with it. */
function requireWhole(file: string): Readonly<Record<string, unknown>> {
  const line = lastLine(file, statSync(file).size);
  const end = parseObject(line);
  if (end?.['end'] !== true) throw damaged(file, 'it has no end line: it was cut');
  if (end['sha256'] !== digestContent(file, line.length + 1))
    throw damaged(file, 'its content does not match its end line');
  return end;
}

function damaged(file: string, reason: string, cause?: unknown): RecoveryError {
  return new RecoveryError('invalid-snapshot', `checkpoint ${file}: ${reason}`, {
    hint: 'eventmend checkpoint verify names the newest whole one',
    details: { file, reason },
    ...(cause !== undefined && { cause }),
  });
}
