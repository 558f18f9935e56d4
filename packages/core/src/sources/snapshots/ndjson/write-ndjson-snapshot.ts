import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { beginNewFile } from '../../../model/files/new-file.js';
import { positionToJson } from '../../../model/position/position.js';
import type { SnapshotRow } from '../../../model/snapshots/snapshot-source.js';
import type { SnapshotEndJson, SnapshotHeader, SnapshotHeaderJson } from './snapshot-lines.js';

export interface SnapshotToWrite extends Omit<SnapshotHeader, 'format' | 'sorted' | 'numbers' | 'base' | 'keys'> {
  /** Each key once. States must be plain JSON data. */
  readonly rows: Iterable<SnapshotRow> | AsyncIterable<SnapshotRow>;
  /** The rows come with rising keys (by UTF-16 code units): readers then need no memory to find repeats. */
  readonly sorted?: boolean;
}

const bufferBytes = 256 * 1024;

/**
 * Writes a snapshot as an NDJSON file with an end line, streaming; it appears under its name complete and durable, or
 * not at all. Gives back what the end line says.
 * @throws RecoveryError `file-exists` when the file exists, `file-unavailable` when its folder does not,
 *   `invalid-snapshot` for a repeated or unsorted key.
 */
export async function writeNdjsonSnapshot(file: string, snapshot: SnapshotToWrite): Promise<SnapshotEndJson> {
  const target = beginNewFile(file);
  const fd = openSync(target.draft, 'w');
  let open = true;
  try {
    const end = await writeLines(fd, snapshot);
    closeSync(fd);
    open = false;
    target.publish();
    return end;
  } catch (error) {
    if (open) closeSync(fd);
    target.discard();
    throw error;
  }
}

async function writeLines(fd: number, snapshot: SnapshotToWrite): Promise<SnapshotEndJson> {
  const hash = createHash('sha256');
  let waiting = '';
  let keys = 0;
  const flush = (): void => {
    const bytes = Buffer.from(waiting, 'utf8');
    hash.update(bytes);
    writeAll(fd, bytes);
    waiting = '';
  };
  waiting += `${JSON.stringify(headerOf(snapshot))}\n`;
  const check = snapshot.sorted === true ? risingKeys() : distinctKeys();
  for await (const { key, state } of snapshot.rows) {
    check(key);
    const text = JSON.stringify({ key, state });
    waiting += `${text}\n`;
    keys++;
    if (waiting.length >= bufferBytes) flush();
  }
  flush();
  const end: SnapshotEndJson = { end: true, keys, sha256: hash.digest('hex') };
  writeAll(fd, Buffer.from(`${JSON.stringify(end)}\n`, 'utf8'));
  return end;
}

function headerOf({ id, takenAt, worker, stateVersion, position, sorted }: SnapshotToWrite): SnapshotHeaderJson {
  return {
    format_version: 1,
    kind: 'snapshot',
    id,
    taken_at: takenAt === null ? null : new Date(takenAt).toISOString(),
    worker,
    state_version: stateVersion,
    position: position === null ? null : positionToJson(position),
    ...(sorted === true ? { sorted } : {}),
  };
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

function distinctKeys(): (key: string) => void {
  const seen = new Set<string>();
  return (key) => {
    if (seen.size === seen.add(key).size) throw badKey(key, 'is there twice');
  };
}

function risingKeys(): (key: string) => void {
  let last: string | null = null;
  return (key) => {
    if (last !== null && key <= last) throw badKey(key, 'does not rise above the one before');
    last = key;
  };
}

function badKey(key: string, problem: string): RecoveryError {
  return new RecoveryError('invalid-snapshot', `key ${JSON.stringify(key.slice(0, 100))} ${problem}`, {
    hint: 'a snapshot is a full copy: each key stands in it once',
  });
}
