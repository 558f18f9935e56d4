import { RecoveryError, type Worker } from '@eventmend/core';
import { migrateState, stateVersionOf } from '@eventmend/core/engine';
import type { LiveStore } from '../store/live-store.js';

/** A folder belongs to one worker; a newer version of it brings the states into its own form, all or none. */
export function adoptWorker(store: LiveStore, worker: Worker): void {
  store.inTransaction(() => {
    const name = store.meta('worker');
    if (name !== null && name !== worker.name) {
      throw new RecoveryError(
        'operation-not-allowed',
        `${store.file} is the store of worker ${name}, not of ${worker.name}`,
        {
          hint: 'give each worker a folder of its own',
        },
      );
    }
    const version = Number(store.meta('state_version') ?? stateVersionOf(worker));
    if (name !== null && version !== stateVersionOf(worker)) migrateAll(store, worker, version);
    store.setMeta('worker', worker.name);
    store.setMeta('state_version', String(stateVersionOf(worker)));
  });
  store.noteHead(store.link());
}

function migrateAll(store: LiveStore, worker: Worker, version: number): void {
  const rows = [...store.rows()].flatMap(({ key, text, proof, hash }) => {
    if (text === null) return [];
    const state = migrateState(worker, JSON.parse(text) as unknown, version, key);
    return [{ key, text: JSON.stringify(state), proof, replaces: hash }];
  });
  store.rewrite(rows, { migrated: [version, stateVersionOf(worker)] });
}
