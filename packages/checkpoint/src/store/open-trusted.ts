import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import { checkLiveStore } from './check-live-store.js';
import { LiveStore } from './live-store.js';
import { liveStoreFormat } from './store-format.js';

/**
 * Opens the store of a folder to go on with it, or makes it; reads all of it once. What was lost or put back is told by the
 * head file beside it, and by the head of the checkpoints.
 * @throws RecoveryError `corrupt-checkpoint-store`, `checkpoint-store-version-mismatch`
 */
export function openTrusted(folder: string): LiveStore {
  const file = join(folder, 'live.sqlite');
  const head = readCheckpointHead(folder);
  if (!existsSync(file) && (head !== null || readdirSync(folder).some((name) => /^c-\d+\.ndjson$/.test(name)))) {
    throw new RecoveryError('corrupt-checkpoint-store', `${file} is gone, and its checkpoints are there`, {
      hint: liveStoreFormat.corruptHint,
    });
  }
  const store = new LiveStore(file, { create: true, busyMs: 5000 });
  try {
    store.database.exec('BEGIN');
    if (head !== null) store.refuseOlderThan(head);
    checkLiveStore(store);
    store.database.exec('COMMIT');
    return store;
  } catch (error) {
    const explained = store.explain(error);
    store.close();
    throw explained;
  }
}

/** The commit that the newest checkpoint shows, as it was noted outside of both; null where that cannot be read. */
function readCheckpointHead(folder: string): { readonly seq: number; readonly chain: string } | null {
  const file = join(folder, 'head.json');
  if (!existsSync(file)) return null;
  try {
    const { commit } = JSON.parse(readFileSync(file, 'utf8')) as { commit?: { sequence?: unknown; chain?: unknown } };
    const { sequence, chain } = commit ?? {};
    return Number.isSafeInteger(sequence) && typeof chain === 'string' ? { seq: Number(sequence), chain } : null;
  } catch {
    return null;
  }
}
