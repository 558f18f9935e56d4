import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import { newestRows } from '@eventmend/core/engine';
import type { CheckpointHeaderJson } from '../files/checkpoint-file.js';
import { cutRow, parseRecentIds, type RowText } from '../files/checkpoint-row.js';
import { glanceAtCheckpointFile } from '../files/examine-checkpoint.js';
import { readLines } from '../files/read-lines.js';
import type { ProcessingProof } from '../live/processing-proof.js';
import { hashRow, type StateRow } from '../store/state-row.js';

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
 * Opens a checkpoint by its id.
 * @throws RecoveryError `invalid-snapshot` where there is no such checkpoint, or one that it stands on is missing, cut or another
 */
export function openCheckpoint(folder: string, id: string): OpenCheckpoint {
  const layers = layersOf(folder, id);
  const [top] = layers;
  if (top === undefined) throw damaged(folder, `it has no checkpoint ${id}`);
  const texts = (): AsyncGenerator<RowText> => newestRows(layers.map(rowTexts));
  return {
    header: top.header,
    async *rows() {
      for await (const { key, text, proof } of texts())
        yield { key, text, proof: JSON.parse(proof) as ProcessingProof };
    },
    async row(key) {
      for await (const found of texts()) {
        if (found.key !== key) continue;
        const { text, proof, hash } = found;
        if (hashRow(key, text, proof) !== hash)
          throw damaged(folder, `the row of key ${JSON.stringify(key)} is damaged`);
        return { key, text, proof: JSON.parse(proof) as ProcessingProof };
      }
      return null;
    },
    recentIds: () => recentIdsOf(top.file),
  };
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
  return layers;
}

/** The rows of a file; behind the last one its content is held against its end line. */
// eslint-disable-next-line @typescript-eslint/require-await -- merged with files that are read in other ways
async function* rowTexts({ file, sha256 }: Layer): AsyncGenerator<RowText> {
  const content = contentHash(file);
  let ended = false;
  for (const { number, bytes } of readLines(file, content.update)) {
    if (number === 1 || parseRecentIds(bytes) !== null) continue;
    if (bytes.subarray(0, endStart.length).equals(endStart)) {
      ended = true;
      continue;
    }
    const row = ended ? null : cutRow(bytes.toString('utf8'));
    if (row === null) throw damaged(file, `line ${number} is no row`);
    yield row;
  }
  if (!ended || content.hex() !== sha256) throw damaged(file, 'its content does not match its end line');
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
