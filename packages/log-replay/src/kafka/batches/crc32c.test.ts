import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seed } from '../../../test/kafka/batch-seed.js';
import { crc32c } from './crc32c.js';

const whole = (bytes: Uint8Array) => crc32c(bytes, 0, bytes.length);

describe(`CRC-32C (seed ${seed})`, () => {
  it('gives what RFC 3720 (B.4) and the catalogue of CRCs publish', () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(whole(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(whole(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(whole(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(whole(ascending)).toBe(0x46dd794e);
    expect(whole(ascending.toReversed())).toBe(0x113fdb5c);
    expect(whole(new Uint8Array(0))).toBe(0);
  });

  it('gives what the definition gives, for any part of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(600), fc.nat(600), (bytes, a, b) => {
        const from = Math.min(a, b, bytes.length);
        const to = Math.min(Math.max(a, b), bytes.length);
        expect(crc32c(bytes, from, to)).toBe(byDefinition(bytes.subarray(from, to)));
      }),
      { seed, numRuns: 500 },
    );
  });

  it('goes on over bytes that do not fit into its memory at once', () => {
    const room = 2 * 65_536 - 16_384;
    const bytes = Buffer.from(Array.from({ length: 3 * room }, (_, i) => (i * i) >>> 3));
    for (const length of [room - 1, room, room + 1, room + 17, 2 * room, 3 * room - 5]) {
      expect(crc32c(bytes, 5, 5 + length), String(length)).toBe(byDefinition(bytes.subarray(5, 5 + length)));
    }
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
