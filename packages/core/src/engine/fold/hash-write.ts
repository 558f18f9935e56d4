import { hashState } from '../digest/state-digest.js';
import type { StateWrite } from '../store/run-store.js';
import type { StateEntry } from './state-cache.js';

/** What a commit writes of one state: its text in the order of its own fields, its hash over the sorted ones. */
export function hashWrite(entry: StateEntry): StateWrite {
  const { key, state, provenance } = entry;
  if (state === undefined) return { key, text: null, provenance, hash: '' };
  return { key, text: JSON.stringify(state), provenance, hash: hashState(key, state) };
}
