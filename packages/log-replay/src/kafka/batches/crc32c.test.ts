import { describe, expect, test } from 'vitest';
import { crc32c } from './crc32c.js';

/** Bit by bit, as the polynomial says. */
function plainly(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('CRC-32C', () => {
  test('the examples of RFC 3720', () => {
    const rising = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect(crc32c(new Uint8Array(32), 0, 32)).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff), 0, 32)).toBe(0x62a8ab43);
    expect(crc32c(rising, 0, 32)).toBe(0x46dd794e);
    expect(crc32c(rising.toReversed(), 0, 32)).toBe(0x113fdb5c);
  });

  test('any part of any buffer, wherever it begins and ends', () => {
    // The top bits are set as well: the words that are read have a sign.
    const whole = Uint8Array.from({ length: 120 }, (_, index) => (index * 167 + 201) & 0xff);
    for (let shift = 0; shift < 4; shift++) {
      const bytes = whole.subarray(shift);
      for (let from = 0; from < 20; from++) {
        for (let to = from; to <= 70; to++) expect(crc32c(bytes, from, to)).toBe(plainly(bytes.subarray(from, to)));
      }
    }
  });
});
