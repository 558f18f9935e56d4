import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { PartitionPosition } from '@eventmend/core';
import {
  beginNewFile,
  positionToJson,
  type EarlierCheckpoint,
  type SnapshotEndJson,
  type SnapshotHeaderJson,
} from '@eventmend/core/engine';

/** The header of a checkpoint: that of a snapshot (format 2), and what only a checkpointer knows. */
export interface CheckpointHeaderJson extends SnapshotHeaderJson {
  readonly format_version: 2;
  readonly taken_at: string;
  readonly sorted: 'code-points';
  readonly base: EarlierCheckpoint | null;
  readonly keys: number;
  /** SHA-256 of the worker's module graph; null for a worker that came as an object. */
  readonly worker_hash: string | null;
  /** The checkpoint before this one, whether it stands on it or not; null for the first. */
  readonly previous: EarlierCheckpoint | null;
  /** The commit that it shows, with its place in the chain, and the sum of the hashes of all rows with those of its base. */
  readonly commit: {
    readonly sequence: number;
    readonly events: number;
    readonly chain: string;
    readonly states_sum: string;
  };
  /** Business ids that are remembered to find repeats, each with how many events had been applied before its event. */
  readonly recent_ids: readonly (readonly [id: string, place: number])[];
  /** What the worker holds and the checkpoint does not, by name. */
  readonly omits: Readonly<Record<string, string>>;
}

/** What is known of a checkpoint before it is written. */
export interface CheckpointToWrite extends Pick<
  CheckpointHeaderJson,
  'id' | 'worker' | 'state_version' | 'worker_hash' | 'previous' | 'base' | 'commit' | 'recent_ids' | 'omits' | 'keys'
> {
  readonly takenAt: number;
  readonly position: readonly PartitionPosition[];
}

/** A row as the store holds it: texts go into the file as they are. */
export interface StoredStateRow {
  readonly key: string;
  readonly text: string | null;
  readonly proof: string;
  readonly hash: string;
}

export interface WrittenCheckpoint extends SnapshotEndJson {
  readonly bytes: number;
}

const bufferBytes = 1024 * 1024;

/**
 * Writes a checkpoint, streaming; it appears under its name complete and durable, or not at all.
 * @param rows in the order of their keys by code points
 * @throws RecoveryError `file-exists`, `file-unavailable`; what the disk says
 */
export function writeCheckpointFile(
  file: string,
  checkpoint: CheckpointToWrite,
  rows: Iterable<StoredStateRow>,
): WrittenCheckpoint {
  const target = beginNewFile(file);
  const descriptor = openSync(target.draft, 'w');
  let open = true;
  try {
    const end = writeLines(descriptor, checkpoint, rows);
    closeSync(descriptor);
    open = false;
    target.publish();
    return end;
  } catch (error) {
    if (open) closeSync(descriptor);
    target.discard();
    throw error;
  }
}

function writeLines(
  descriptor: number,
  checkpoint: CheckpointToWrite,
  rows: Iterable<StoredStateRow>,
): WrittenCheckpoint {
  const hash = createHash('sha256');
  let waiting = `${JSON.stringify(headerOf(checkpoint))}\n`;
  let keys = 0;
  let bytes = 0;
  const flush = (): void => {
    const chunk = Buffer.from(waiting, 'utf8');
    hash.update(chunk);
    bytes += writeAll(descriptor, chunk);
    waiting = '';
  };
  for (const row of rows) {
    waiting += rowLine(row);
    keys++;
    if (waiting.length >= bufferBytes) flush();
  }
  flush();
  const end: SnapshotEndJson = { end: true, keys, sha256: hash.digest('hex') };
  bytes += writeAll(descriptor, Buffer.from(`${JSON.stringify(end)}\n`, 'utf8'));
  return { ...end, bytes };
}

/** The texts of the store are JSON already; parsing them would cost more than all the rest. */
function rowLine({ key, text, proof, hash }: StoredStateRow): string {
  const state = text === null ? '"deleted":true' : `"state":${text}`;
  return `{"key":${JSON.stringify(key)},${state},"proof":${proof},"hash":"${hash}"}\n`;
}

function headerOf({ takenAt, position, ...checkpoint }: CheckpointToWrite): CheckpointHeaderJson {
  const { id, worker, worker_hash, state_version, keys, base, previous, commit, recent_ids, omits } = checkpoint;
  return {
    format_version: 2,
    kind: 'snapshot',
    id,
    taken_at: new Date(takenAt).toISOString(),
    worker,
    worker_hash,
    state_version,
    position: positionToJson(position),
    sorted: 'code-points',
    keys,
    base,
    previous,
    commit,
    recent_ids,
    omits,
  };
}

function writeAll(descriptor: number, bytes: Buffer): number {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
  return bytes.length;
}
