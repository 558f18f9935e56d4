import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError, type Position } from '@eventmend/core';
import { positionFromJson } from '@eventmend/core/engine';
import { LiveStore } from '../store/live-store.js';
import { openCheckpoint } from './checkpoint-rows.js';

export interface RestoredCheckpoint {
  readonly id: string;
  /** The folder that openCheckpointer is given next. */
  readonly folder: string;
  readonly keys: number;
  /** Where the worker goes on. */
  readonly position: Position;
  /** What the worker held and the checkpoint does not, by name. */
  readonly omits: Readonly<Record<string, string>>;
}

/**
 * Makes the store of a live worker from a checkpoint, in a new folder: the old one stays as it is. A checkpointer that is
 * opened there goes on behind the position of the checkpoint, with the proofs that it holds.
 * @param folder where the checkpoints are
 * @throws RecoveryError `file-exists` where the new folder has a store, `invalid-snapshot` where the checkpoint is damaged
 */
export function restoreCheckpoint(folder: string, id: string, into: string): RestoredCheckpoint {
  const { header, rows } = openCheckpoint(folder, id);
  const position = positionFromJson(header.position ?? []);
  mkdirSync(into, { recursive: true });
  const file = join(into, 'live.sqlite');
  if (existsSync(file)) {
    throw new RecoveryError('file-exists', `${file} exists already`, {
      hint: 'restore into a new folder; nothing is ever overwritten',
    });
  }
  const draft = `${file}.partial`;
  for (const ending of endings) rmSync(draft + ending, { force: true });
  const store = new LiveStore(draft, { create: true, busyMs: 5000 });
  try {
    store.begin();
    const link = store.beginFrom({
      rows: rows(),
      position,
      recentIds: header.recent_ids.map(([recent, place]) => ({ id: recent, place })),
      events: header.commit.events,
      chain: header.commit.chain,
    });
    store.setMeta('worker', (header.worker ?? '').replace(/@[^@]*$/, ''));
    store.setMeta('state_version', String(header.state_version));
    store.setMeta('restored_from', JSON.stringify({ id, commit: header.commit }));
    store.commit();
    store.noteHead(link);
    store.close();
    // A store without its head would be taken for whole; a head without its store is refused.
    renameSync(`${draft}.head`, `${file}.head`);
    renameSync(draft, file);
    syncFolder(into);
    return { id, folder: into, keys: link.keys, position, omits: header.omits };
  } catch (error) {
    if (store.database.open) {
      store.rollback();
      store.close();
    }
    for (const ending of endings) rmSync(draft + ending, { force: true });
    throw store.explain(error);
  }
}

const endings = ['', '-wal', '-shm', '.head'];

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
