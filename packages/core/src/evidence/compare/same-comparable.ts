import { sameRecorded } from './recorded-value.js';

/**
 * True for two states in their comparable form that are the same as far as anybody can tell: languages write the last bits
 * of a fraction, and a field without a value, each in its own way. Null stands for no state.
 */
export function sameComparable(expected: string | null, recorded: string | null): boolean {
  if (expected === recorded) return true;
  if (expected === null || recorded === null) return false;
  return sameRecorded(JSON.parse(expected), JSON.parse(recorded));
}
