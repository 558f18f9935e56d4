/**
 * Writes a request in Kafka's flexible encoding (compact lengths, tagged fields): what the versions of requests need that
 * kafkajs does not speak. Small requests only: every field is a buffer of its own.
 */
export class WireWriter {
  readonly #parts: Buffer[] = [];

  int8(value: number): this {
    return this.#fixed(1, (buffer) => buffer.writeInt8(value));
  }

  int16(value: number): this {
    return this.#fixed(2, (buffer) => buffer.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#fixed(4, (buffer) => buffer.writeInt32BE(value));
  }

  int64(value: number): this {
    return this.#fixed(8, (buffer) => buffer.writeBigInt64BE(BigInt(value)));
  }

  /** 16 bytes, given as 32 hexadecimal digits. */
  uuid(hex: string): this {
    this.#parts.push(Buffer.from(hex, 'hex'));
    return this;
  }

  uvarint(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 0x7f) {
      bytes.push((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  compactString(text: string): this {
    const bytes = Buffer.from(text, 'utf8');
    this.uvarint(bytes.length + 1);
    this.#parts.push(bytes);
    return this;
  }

  compactArray<Item>(items: readonly Item[], write: (item: Item) => void): this {
    this.uvarint(items.length + 1);
    items.forEach(write);
    return this;
  }

  noTags(): this {
    return this.uvarint(0);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #fixed(size: number, write: (buffer: Buffer) => void): this {
    const buffer = Buffer.alloc(size);
    write(buffer);
    this.#parts.push(buffer);
    return this;
  }
}
