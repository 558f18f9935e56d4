import { RecoveryError } from '@eventmend/core';
import type { LiveStore } from '../store/live-store.js';

/** What a folder is for: states that were applied, or notes of what was handled elsewhere. */
export type StoreUse = 'applied' | 'observed';

/**
 * Inside of the transaction of a batch, so that the first one decides.
 * @throws RecoveryError `operation-not-allowed`
 */
export function requireUse(store: LiveStore, use: StoreUse): void {
  const known = store.meta('use');
  if (known === use) return;
  if (known === null) return store.setMeta('use', use);
  throw new RecoveryError('operation-not-allowed', `${store.file} has events that were ${known}, not ${use}`, {
    hint: 'use a folder of its own for observe()',
  });
}
