import { createHash } from 'node:crypto';
import { canonicalJson } from '../../model/json/canonical-json.js';

const modulus = 1n << 256n;

/** The digest of a set of states: the sum of the hashes of its keys, so that no order of keys matters. */
export function digestStates(states: Iterable<readonly [key: string, state: unknown]>): string {
  let sum = 0n;
  for (const [key, state] of states) {
    const text = JSON.stringify(key) + '\n' + canonicalJson(state);
    sum += BigInt('0x' + createHash('sha256').update(text).digest('hex'));
  }
  return (sum % modulus).toString(16).padStart(64, '0');
}
