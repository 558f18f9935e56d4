import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashState, hashStateText, StateDigest } from './state-digest.js';

describe('the digest of states', () => {
  it('is the sum modulo 2^256, whatever the order, and subtracting undoes adding (property)', () => {
    const states = fc.array(fc.tuple(fc.string(), fc.jsonValue()), { maxLength: 12 });
    fc.assert(
      fc.property(states, fc.nat(), (entries, turn) => {
        const hashes = entries.map(([key, state]) => hashState(key, state));
        const sum = hashes.reduce((total, hash) => (total + BigInt(`0x${hash}`)) % (1n << 256n), 0n);
        const digest = new StateDigest();
        const at = hashes.length === 0 ? 0 : turn % hashes.length;
        for (const hash of [...hashes.slice(at), ...hashes.slice(0, at)]) digest.add(hash);
        expect(digest.toHex()).toBe(sum.toString(16).padStart(64, '0'));
        for (const hash of hashes) digest.subtract(hash);
        expect(digest.toHex()).toBe('0'.repeat(64));
      }),
      { numRuns: 200, seed: 23 },
    );
  });

  it('carries over all words', () => {
    const digest = StateDigest.fromHex('f'.repeat(64));
    digest.add('1'.padStart(64, '0'));
    expect(digest.toHex()).toBe('0'.repeat(64));
    digest.subtract('1'.padStart(64, '0'));
    expect(digest.toHex()).toBe('f'.repeat(64));
  });

  it('does not depend on the order of the fields, but on the key', () => {
    expect(hashState('k', { a: 1, b: 2 })).toBe(hashState('k', { b: 2, a: 1 }));
    expect(hashState('k', 1)).not.toBe(hashState('l', 1));
  });

  it('is the same for who has the text already (property)', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (key, state) => {
        expect(hashStateText(key, state, JSON.stringify(state))).toBe(hashState(key, state));
      }),
      { numRuns: 300, seed: 29 },
    );
  });
});
