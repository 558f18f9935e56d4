import { hashWorkerModule } from './hash-worker-module.js';
import { hashWorkerProcess } from './hash-worker-process.js';
import { loadHashedWorker, loadWorkerModule, type HashedWorker } from './load-worker-module.js';
import type { BatchWorker } from './process/batch-worker.js';
import type { WorkerInstance } from './worker-instance.js';
import type { WorkerSource } from './worker-source.js';
import type { Worker } from './worker.js';

/** A worker ready to be asked: event by event in this thread, or in batches in a process of its own. */
export type OpenWorker = WorkerInstance | BatchWorker;

/** How long an event may take, in milliseconds, where nobody says otherwise. */
export const defaultEventTimeoutMs = 10_000;

/** What a worker is; a process is started for it and closed again. @throws RecoveryError `invalid-worker` */
export async function describeWorker(source: WorkerSource): Promise<Worker> {
  switch (source.kind) {
    case 'module':
      return loadWorkerModule(source.url);
    case 'definition':
      return source.worker;
    case 'process':
      // Loaded on use: each thread that runs a module loads this file.
      return (await import('./process/start-process.js')).askProcessWorker(source, defaultEventTimeoutMs);
  }
}

/** What a worker is, and the version of its code. @throws RecoveryError `invalid-worker` */
export async function describeHashedWorker(source: WorkerSource): Promise<HashedWorker> {
  // A module is looked through once for both.
  if (source.kind === 'module') return loadHashedWorker(source.url);
  return { worker: await describeWorker(source), hash: hashWorker(source) };
}

/** Names the version of a worker's code. @throws RecoveryError `invalid-worker` when a part of it cannot be read */
export function hashWorker(source: WorkerSource): string {
  switch (source.kind) {
    case 'module':
      return hashWorkerModule(source.url);
    case 'definition':
      return source.hash;
    case 'process':
      return hashWorkerProcess(source);
  }
}
