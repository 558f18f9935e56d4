import { isUtf8 } from 'node:buffer';
import { InexactNumber } from '../../../model/json/exact-number.js';
import { maxDepth } from '../../../model/json/value-limits.js';
import { UndecodableValue } from '../undecodable-value.js';

/** Lists may hold this many items that take no bytes at all (nulls, empty records). */
const freeItems = 10_000;

const twoTo27 = 2 ** 27;

/**
 * Reads the binary form of Avro. Nothing is taken from the bytes on trust: a count that they cannot hold, a length beyond
 * the end or endless nesting is found before memory or time is spent on it.
 */
export class AvroInput {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;
  #items = 0;
  /** The parts of the integer that was read last: its unsigned form is `high * 2^28 + low`. */
  #low = 0;
  #high = 0;
  inexact = false;

  constructor(payload: Uint8Array) {
    this.#bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw endsEarly();
    this.#at++;
    return byte;
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw endsEarly();
    const from = this.#at;
    this.#at += length;
    return this.#bytes.subarray(from, this.#at);
  }

  /** Bytes with their length before them. */
  sizedBytes(): Buffer {
    const length = this.long();
    if (length < 0) throw new UndecodableValue('not valid Avro: a negative length');
    return this.bytes(length);
  }

  text(): string {
    const bytes = this.sizedBytes();
    if (!isUtf8(bytes)) throw new UndecodableValue('a text is not valid UTF-8');
    return bytes.toString('utf8');
  }

  int(): number {
    const value = this.long();
    if (value !== (value | 0)) throw new UndecodableValue('not valid Avro: an int of more than 32 bits');
    return value;
  }

  /** @throws UndecodableValue for a long that a number cannot hold exactly. */
  long(): number {
    this.#readParts();
    const magnitude = this.#high * twoTo27 + (this.#low >>> 1);
    const value = (this.#low & 1) === 0 ? magnitude : -magnitude - 1;
    if (!Number.isSafeInteger(value)) throw new UndecodableValue('a long that a number cannot hold exactly');
    return value;
  }

  /** A long that is data. One that a number cannot hold exactly is marked, and `inexact` is true from then on. */
  longOfValue(): number | InexactNumber {
    this.#readParts();
    const magnitude = this.#high * twoTo27 + (this.#low >>> 1);
    const value = (this.#low & 1) === 0 ? magnitude : -magnitude - 1;
    if (Number.isSafeInteger(value)) return value;
    this.inexact = true;
    return new InexactNumber(this.#textOfParts());
  }

  longText(): string {
    this.#readParts();
    return this.#textOfParts();
  }

  #textOfParts(): string {
    const magnitude = (BigInt(this.#high) << 27n) | BigInt(this.#low >>> 1);
    return String((this.#low & 1) === 0 ? magnitude : -magnitude - 1n);
  }

  float(): number {
    return finite(this.bytes(4).readFloatLE(0));
  }

  double(): number {
    return finite(this.bytes(8).readDoubleLE(0));
  }

  /** The items of the next block of an array or a map; 0 at its end. */
  blockCount(): number {
    const count = this.long();
    if (count >= 0) return this.#checked(count);
    this.long(); // the size of the block in bytes, for readers that skip it
    return this.#checked(-count);
  }

  /** Called before and behind everything that has parts. */
  enter(): void {
    if (++this.#depth > maxDepth) throw new UndecodableValue(`nested deeper than ${maxDepth} levels`);
  }

  leave(): void {
    this.#depth--;
  }

  /** The rest of the bytes. */
  rest(): Buffer {
    return this.bytes(this.#bytes.length - this.#at);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new UndecodableValue('not valid Avro: bytes are left over');
  }

  /** Every other item has a byte of its own. */
  #checked(count: number): number {
    this.#items += count;
    if (this.#items > this.#bytes.length + freeItems) {
      throw new UndecodableValue('not valid Avro: more items than the bytes can hold');
    }
    return count;
  }

  #readParts(): void {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.#low = low;
        this.#high = 0;
        return;
      }
    }
    this.#low = low;
    this.#high = this.#readHigh();
  }

  /** The bits from the 28th on: five bytes of seven bits and one bit of a sixth. */
  #readHigh(): number {
    let high = 0;
    let unit = 1;
    for (let number = 0; number < 6; number++) {
      const byte = this.byte();
      if (number === 5 && byte > 1) break;
      high += (byte & 0x7f) * unit;
      unit *= 128;
      if (byte < 0x80) return high;
    }
    throw new UndecodableValue('not valid Avro: an integer of more than 64 bits');
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new UndecodableValue('a number that JSON does not have (NaN or infinite)');
  return value;
}

function endsEarly(): UndecodableValue {
  return new UndecodableValue('not valid Avro: ends early');
}
