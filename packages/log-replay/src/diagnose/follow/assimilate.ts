import { valueAt, withValueAt } from './json-path.js';
import { agrees, corrected, type RevealedField } from './revealed-fields.js';
import type { Confidence } from './expected-and-live-states.js';

/** A state as far as records revealed it. */
export interface AssimilatedState {
  readonly state: unknown;
  readonly standing: Confidence;
}

/**
 * Brings a predicted state to what the outputs revealed of it. Fields that nothing reveals stay as predicted.
 * @param fields those of this key
 */
export function assimilate(predicted: unknown, fields: readonly RevealedField[]): AssimilatedState {
  let state = predicted;
  for (const field of fields) {
    const now = valueAt(state, field.path);
    if (agrees(now, field, 0)) continue;
    state = withValueAt(state, field.path, corrected(now, field));
  }
  if (fields.length === 0) return { state, standing: 'guessed' };
  return { state, standing: coversAll(state, fields) ? 'exact' : 'approximate' };
}

/** True where the exact fields are all that the state has. */
function coversAll(state: unknown, fields: readonly RevealedField[]): boolean {
  if (fields.some(({ within }) => within > 0)) return false;
  if (fields.some(({ path }) => path.length === 0)) return true;
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return false;
  const exact = new Set(fields.flatMap(({ path }) => (path.length === 1 ? path : [])));
  return Object.keys(state).every((name) => exact.has(name));
}
