import { RecoveryError } from '../../../model/errors/recovery-error.js';

/**
 * Reads a response in Kafka's flexible encoding.
 * @throws RecoveryError `kafka-incompatible` when the bytes are not such a response
 */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  /** Offsets, times and ids of producers: safe integers in any log that was not made up. */
  int64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#take(8)));
  }

  /** 32 hexadecimal digits. */
  uuid(): string {
    const at = this.#take(16);
    return this.#bytes.toString('hex', at, at + 16);
  }

  uvarint(): number {
    let value = 0;
    let factor = 1;
    for (let index = 0; index < 5; index++) {
      const byte = this.#bytes.readUInt8(this.#take(1));
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw notAResponse('a number without an end');
  }

  compactString(): string | null {
    const length = this.uvarint();
    if (length === 0) return null;
    const at = this.#take(length - 1);
    return this.#bytes.toString('utf8', at, at + length - 1);
  }

  compactBytes(): Buffer | null {
    const length = this.uvarint();
    if (length === 0) return null;
    const at = this.#take(length - 1);
    return this.#bytes.subarray(at, at + length - 1);
  }

  compactArray<Item>(read: () => Item): Item[] {
    const length = Math.max(0, this.uvarint() - 1);
    // Every item takes a byte at least: a length beyond that is no length.
    if (length > this.#bytes.length - this.#at) throw notAResponse('a list that is longer than the response');
    return Array.from({ length }, read);
  }

  skipTags(): void {
    const tags = this.uvarint();
    for (let index = 0; index < tags; index++) {
      this.uvarint();
      this.#take(this.uvarint());
    }
  }

  #take(length: number): number {
    const at = this.#at;
    if (length < 0 || at + length > this.#bytes.length) throw notAResponse('cut short');
    this.#at = at + length;
    return at;
  }
}

/** The error of bytes that are no answer of a broker. */
export function notAResponse(what: string): RecoveryError {
  return new RecoveryError('kafka-incompatible', `the broker answered with something that is not understood: ${what}`, {
    hint: 'is it a Kafka broker, and reached without anything in between that changes what it says?',
  });
}
