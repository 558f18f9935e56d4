import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seed } from '../../../../test/kafka/batch-seed.js';
import { crc32c } from './crc32c.js';

// Another build of the library runs on each platform: what it gives decides which batches count as damaged.
describe(`CRC-32C (seed ${seed})`, () => {
  it('gives what RFC 3720 (B.4) and the catalogue of CRCs publish', () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(ascending)).toBe(0x46dd794e);
    expect(crc32c(ascending.toReversed())).toBe(0x113fdb5c);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });

  it('gives what the definition gives, for any part of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(600), fc.nat(600), (bytes, a, b) => {
        const part = bytes.subarray(Math.min(a, b), Math.max(a, b));
        expect(crc32c(part)).toBe(byDefinition(part));
      }),
      { seed, numRuns: 500 },
    );
  });

  it('gives what the definition gives for a large batch', () => {
    const bytes = Buffer.from(Array.from({ length: 350_000 }, (_, i) => (i * i) >>> 3)).subarray(5);
    expect(crc32c(bytes)).toBe(byDefinition(bytes));
  });
});

/** Bit by bit. */
function byDefinition(bytes: Uint8Array): number {
  let state = 0xffff_ffff;
  for (const byte of bytes) {
    state ^= byte;
    for (let bit = 0; bit < 8; bit++) state = state & 1 ? (state >>> 1) ^ 0x82f63b78 : state >>> 1;
  }
  return ~state >>> 0;
}
