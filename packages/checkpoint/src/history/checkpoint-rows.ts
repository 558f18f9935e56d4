import { join } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import { newestRows } from '@eventmend/core/engine';
import type { CheckpointHeaderJson } from '../files/checkpoint-file.js';
import { parseObject, parseRecentIds, parseRow } from '../files/checkpoint-row.js';
import { readLines } from '../files/read-lines.js';
import type { StateRow } from '../store/state-row.js';

/** One checkpoint, opened to be read. */
export interface OpenCheckpoint {
  readonly header: CheckpointHeaderJson;
  /** Every key that was ever touched, by code points, with its state (null where it has none) and its proof. */
  rows(): AsyncGenerator<StateRow>;
  /** Business ids of the last events, the oldest first; null for one without. */
  recentIds(): Iterable<string | null>;
}

/**
 * Opens a checkpoint by its id; each row is checked while it is read.
 * @throws RecoveryError `invalid-snapshot` where there is no such checkpoint, or it or one below it is damaged
 */
export function openCheckpoint(folder: string, id: string): OpenCheckpoint {
  const layers: string[] = [];
  let header: CheckpointHeaderJson | null = null;
  for (let wanted: string | null = id; wanted !== null;) {
    const file = join(folder, `${wanted}.ndjson`);
    if (layers.includes(file)) throw damaged(file, 'it stands on itself');
    const read = headerOf(file);
    header ??= read;
    layers.push(file);
    wanted = read.base?.id ?? null;
  }
  if (header === null) throw damaged(folder, `it has no checkpoint ${id}`);
  return { header, rows: () => newestRows(layers.map(rowsOfFile)), recentIds: () => recentIdsOf(layers[0] ?? '') };
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
  if (header?.['kind'] !== 'snapshot' || header['format_version'] !== 2) throw damaged(file, 'it is no checkpoint');
  return header as unknown as CheckpointHeaderJson;
}

async function* rowsOfFile(file: string): AsyncGenerator<StateRow> {
  let ended = false;
  for (const { number, bytes } of readLines(file)) {
    if (number === 1 || parseRecentIds(bytes) !== null) continue;
    const row = parseRow(bytes);
    if ('problem' in row) {
      ended = parseObject(bytes)?.['end'] === true;
      if (ended) continue;
      throw damaged(
        file,
        `line ${number} is no whole row${row.key === null ? '' : ` (key ${JSON.stringify(row.key)})`}`,
      );
    }
    yield row;
  }
  if (!ended) throw damaged(file, 'it has no end line: it was cut');
}

function* recentIdsOf(file: string): Generator<string | null> {
  for (const { bytes } of readLines(file)) yield* parseRecentIds(bytes) ?? [];
}

function damaged(file: string, reason: string, cause?: unknown): RecoveryError {
  return new RecoveryError('invalid-snapshot', `checkpoint ${file}: ${reason}`, {
    hint: 'eventmend checkpoint verify names the newest whole one',
    details: { file, reason },
    ...(cause !== undefined && { cause }),
  });
}
