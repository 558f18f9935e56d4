import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Worker, WorkerSource } from '@eventmend/core';
import { createWorkerInstance, describeWorker, hashWorker, openReferenceTables } from '@eventmend/core/engine';
import { openTrusted } from '../store/open-trusted.js';
import { adoptWorker } from './adopt-worker.js';
import type { Checkpointer } from './checkpointer.js';
import type { CheckpointerSettings } from './checkpointer-settings.js';
import { LiveCheckpointer } from './live-checkpointer.js';

/**
 * Opens the store of a live worker, or makes it.
 * @throws RecoveryError `invalid-worker`, `invalid-reference-data`, `operation-not-allowed` where the folder belongs to
 *   another worker, `state-migration-failed`, `corrupt-checkpoint-store`, `checkpoint-store-version-mismatch`
 */
export async function openCheckpointer(settings: CheckpointerSettings): Promise<Checkpointer> {
  const source = sourceOf(settings.worker);
  const worker = await describeWorker(source);
  const lookups = await openReferenceTables(worker, settings.references ?? {});
  const instance = createWorkerInstance(worker, { lookups, replaying: false, mayBeSloppy: false });
  // States stay in memory between batches: one that a handler changed in place without writing it would be seen by the next
  // event, and be another one after a restart.
  instance.freezeInputs(true);
  const folder = resolve(settings.folder);
  mkdirSync(folder, { recursive: true });
  const store = openTrusted(folder);
  try {
    adoptWorker(store, worker);
    return new LiveCheckpointer(
      settings,
      folder,
      store,
      instance,
      source.kind === 'module' ? hashWorker(source) : null,
    );
  } catch (error) {
    store.close();
    throw error;
  }
}

function sourceOf(worker: string | Worker): Exclude<WorkerSource, { kind: 'process' }> {
  if (typeof worker === 'string') return { kind: 'module', url: pathToFileURL(resolve(worker)).href };
  return { kind: 'definition', worker, hash: '' };
}
