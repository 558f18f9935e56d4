import { setTimeout as sleep } from 'node:timers/promises';
import { RecoveryError } from '@eventmend/core';
import { isBusy } from '@eventmend/core/sqlite';
import type { LiveStore } from '../store/live-store.js';

const firstPauseMs = 1;
const longestPauseMs = 20;
/** How long other processes may write before that is an error, in milliseconds. */
const patienceMs = 60_000;

/**
 * Begins a transaction, and waits for other processes without holding up the event loop, which SQLite's own waiting does.
 * @throws RecoveryError `locked-by-another-process`
 */
export async function beginPatiently(store: LiveStore): Promise<void> {
  const started = performance.now();
  for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
    try {
      store.begin();
      return;
    } catch (error) {
      if (!isBusy(error)) throw store.explain(error);
      if (performance.now() - started > patienceMs) {
        throw new RecoveryError('locked-by-another-process', `${store.file} is in use by another process`, {
          hint: 'another process has been writing to the store for a minute: a handler that is async and hangs, or a tool that holds it open',
          cause: error,
        });
      }
    }
    await sleep(pause);
  }
}
