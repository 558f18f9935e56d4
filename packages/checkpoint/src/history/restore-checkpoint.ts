import { existsSync, mkdirSync, rmSync } from 'node:fs';
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
export async function restoreCheckpoint(folder: string, id: string, into: string): Promise<RestoredCheckpoint> {
  const { header, rows, recentIds } = openCheckpoint(folder, id);
  const position = positionFromJson(header.position ?? []);
  mkdirSync(into, { recursive: true });
  const file = join(into, 'live.sqlite');
  if (existsSync(file)) {
    throw new RecoveryError('file-exists', `${file} exists already`, {
      hint: 'restore into a new folder; nothing is ever overwritten',
    });
  }
  const store = new LiveStore(file, { create: true, busyMs: 5000 });
  try {
    store.begin();
    let keys = 0;
    for await (const row of rows()) {
      store.rewrite(row);
      if (row.text !== null) keys++;
    }
    for (const recent of recentIds()) store.addRecentId(recent);
    for (const part of position) store.writePartition({ ...part, epoch: 0, owner: '' });
    store.setMeta('worker', (header.worker ?? '').replace(/@[^@]*$/, ''));
    store.setMeta('state_version', String(header.state_version));
    store.setMeta('restored_from', JSON.stringify({ id, commit: header.commit }));
    const link = store.beginFrom({ events: header.commit.events, keys, from: header.commit.chain });
    store.commit();
    store.noteHead(link);
    return { id, folder: into, keys, position, omits: header.omits };
  } catch (error) {
    store.rollback();
    store.close();
    for (const ending of ['', '-wal', '-shm', '.head']) rmSync(file + ending, { force: true });
    throw error;
  } finally {
    if (store.database.open) store.close();
  }
}
