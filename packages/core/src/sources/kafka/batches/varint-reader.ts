import { Malformed } from './malformed.js';

/**
 * Reads the zigzag varints of Kafka's records one behind the other. Nothing is read at or behind `end`: what would be is
 * Malformed.
 */
export class VarintReader {
  readonly bytes: Buffer;
  at: number;
  end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** A number of 32 bits. */
  int(): number {
    const { at } = this;
    const byte = this.bytes[at]!;
    // Most lengths and deltas are one byte.
    if (byte < 0x80 && at < this.end) {
      this.at = at + 1;
      return (byte >>> 1) ^ -(byte & 1);
    }
    return this.#longerInt();
  }

  /** A number of 64 bits; exact up to 2^53, beyond it the nearest number. */
  long(): number {
    const { at } = this;
    const byte = this.bytes[at]!;
    if (byte < 0x80 && at < this.end) {
      this.at = at + 1;
      return (byte >>> 1) ^ -(byte & 1);
    }
    return this.#longerLong();
  }

  /** Steps over as many bytes. */
  skip(length: number): void {
    if (length > this.end - this.at) throw new Malformed('a record is shorter than what it holds');
    this.at += length;
  }

  #longerInt(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new Malformed('a number is longer than 32 bits');
  }

  #longerLong(): number {
    const first = this.#byte();
    // What is behind the lowest bit, which is the sign; 28 bits at a time stay whole numbers of 32 bits.
    let low = (first & 0x7f) >>> 1;
    let high = 0;
    for (let shift = 6, last = first; last >= 0x80; shift += 7) {
      if (shift > 62) throw new Malformed('a number is longer than 64 bits');
      last = this.#byte();
      if (shift === 62 && last > 1) throw new Malformed('a number is longer than 64 bits');
      if (shift < 27) low |= (last & 0x7f) << shift;
      else high += (last & 0x7f) * 2 ** (shift - 27);
    }
    // Rounded once, at the end.
    return (first & 1) === 0 ? high * 2 ** 27 + low : -(high * 2 ** 27 + (low + 1));
  }

  #byte(): number {
    if (this.at >= this.end) throw new Malformed('a record ends within a number');
    return this.bytes[this.at++]!;
  }
}
