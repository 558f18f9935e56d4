/** What a batch says of itself does not fit its bytes; caught where the batch is known. */
export class MalformedRecord extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'MalformedRecord';
  }
}

/**
 * Reads zigzag varints of Kafka's records, between two places of a buffer.
 * @throws MalformedRecord for what does not fit in between
 */
export class VarintReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  at: number;

  constructor(bytes: Buffer, from: number, end: number) {
    this.#bytes = bytes;
    this.at = from;
    this.#end = end;
  }

  /** A whole number of at most 53 bits. */
  next(): number {
    if (this.at >= this.#end) throw new MalformedRecord('a number is cut off');
    const first = this.#bytes[this.at] as number;
    if (first < 0x80) {
      this.at++;
      return first & 1 ? -((first + 1) >>> 1) : first >>> 1;
    }
    return this.#longer();
  }

  /** The bytes from here on, and past them. */
  slice(length: number): Buffer {
    const start = this.skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Goes past some bytes; gives where they began. */
  skip(length: number): number {
    const start = this.at;
    if (length < 0 || length > this.#end - start) throw new MalformedRecord('a part is longer than its record');
    this.at = start + length;
    return start;
  }

  #longer(): number {
    let value = 0;
    let factor = 1;
    for (let index = 0; index < 10; index++) {
      if (this.at >= this.#end) throw new MalformedRecord('a number is cut off');
      const byte = this.#bytes[this.at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
      }
      factor *= 128;
    }
    throw new MalformedRecord('a number is too large');
  }
}
