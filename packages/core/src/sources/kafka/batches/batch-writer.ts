import { crc32c } from './crc32c.js';
import { batchFields, recordsStart, uncountedBytes } from './record-batch.js';
import { copyBytes, mostBytesOf, writeText } from './write-text.js';

/** A part of a record: bytes, or a text that is written as UTF-8. */
export type RecordPart = Uint8Array | string;

/** A record as it is to be written; null stands for none. */
export interface RecordToWrite {
  readonly key: RecordPart | null;
  readonly value: RecordPart | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly headers: readonly (readonly [name: RecordPart, value: RecordPart])[];
}

/** A record batch without a producer: what is sent is stamped with one by `stampBatch`. */
export interface WrittenBatch {
  /** The whole batch (magic 2), its CRC included. */
  readonly bytes: Buffer;
  readonly count: number;
}

/** In bytes: the offset delta, time delta, lengths and counts of a record take no more. */
const recordOverhead = 40;
/** In bytes: the lengths of a header's name and value take no more. */
const headerOverhead = 10;

/** Attributes of a batch: bit 4 says that it belongs to a transaction. */
const transactional = 0x10;

/**
 * Writes records one behind the other into a buffer that is used again for every batch: an object for each record would
 * cost more than all the rest. Nothing is compressed.
 */
export class BatchWriter {
  #buffer = Buffer.allocUnsafe(256 * 1024);
  #at = recordsStart;
  #count = 0;
  #firstTime = 0;
  #lastTime = 0;

  /** Records since the last `take`. */
  get count(): number {
    return this.#count;
  }

  /** What the batch takes so far, in bytes. */
  get bytes(): number {
    return this.#at;
  }

  add(record: RecordToWrite): void {
    const { key, value, time, headers } = record;
    if (this.#count === 0) {
      this.#firstTime = time;
      this.#lastTime = time;
    }
    this.#lastTime = Math.max(this.#lastTime, time);
    this.#reserve(largestSize(record));
    // The length stands in front and is known behind: the record is written with room for it, then moved to its place.
    const room = 5;
    const start = this.#at;
    this.#at = start + room;
    this.#buffer[this.#at++] = 0; // attributes, of which none is in use
    this.#long(time - this.#firstTime);
    this.#int(this.#count);
    this.#part(key);
    this.#part(value);
    this.#int(headers.length);
    for (const [name, content] of headers) {
      this.#part(name);
      this.#part(content);
    }
    const length = this.#at - start - room;
    const end = this.#at;
    this.#at = start;
    this.#int(length);
    this.#buffer.copyWithin(this.#at, start + room, end);
    this.#at += length;
    this.#count++;
  }

  /** The batch, a copy; the writer is empty then. There must be a record at least. */
  take(): WrittenBatch {
    const bytes = Buffer.from(this.#buffer.subarray(0, this.#at));
    bytes.fill(0, 0, recordsStart);
    bytes.writeInt32BE(bytes.length - uncountedBytes, batchFields.length);
    bytes.writeInt32BE(-1, batchFields.partitionLeaderEpoch);
    bytes[batchFields.magic] = 2;
    bytes.writeInt32BE(this.#count - 1, batchFields.lastOffsetDelta);
    writeInt64(bytes, this.#firstTime, batchFields.baseTimestamp);
    writeInt64(bytes, this.#lastTime, batchFields.maxTimestamp);
    writeInt64(bytes, -1, batchFields.producerId);
    bytes.writeInt16BE(-1, batchFields.producerEpoch);
    bytes.writeInt32BE(-1, batchFields.baseSequence);
    bytes.writeInt32BE(this.#count, batchFields.count);
    writeCrc(bytes);
    const written = { bytes, count: this.#count };
    this.#at = recordsStart;
    this.#count = 0;
    return written;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }

  #part(part: RecordPart | null): void {
    if (part === null) this.#int(-1);
    else if (typeof part === 'string') this.#text(part);
    else this.#bytes(part);
  }

  #bytes(bytes: Uint8Array): void {
    this.#int(bytes.length);
    copyBytes(bytes, 0, bytes.length, this.#buffer, this.#at);
    this.#at += bytes.length;
  }

  #text(text: string): void {
    const start = this.#at;
    this.#int(text.length);
    const end = writeText(this.#buffer, this.#at, text);
    if (end - this.#at === text.length) {
      this.#at = end;
      return;
    }
    // Not ASCII: its length in bytes is another one.
    this.#at = start;
    this.#bytes(Buffer.from(text, 'utf8'));
  }

  #int(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }

  /** A whole number of up to 53 bits. */
  #long(value: number): void {
    if (value >= -0x40000000 && value < 0x40000000) {
      this.#int(value);
      return;
    }
    const wide = BigInt(value);
    let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
    while (rest > 0x7fn) {
      this.#buffer[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#at++] = Number(rest);
  }
}

/** What a record can take at most, in bytes. */
export function largestSize({ key, value, headers }: RecordToWrite): number {
  let size = recordOverhead + largestPart(key) + largestPart(value);
  for (const [name, content] of headers) size += headerOverhead + largestPart(name) + largestPart(content);
  return size;
}

function largestPart(part: RecordPart | null): number {
  if (part === null) return 0;
  return typeof part === 'string' ? mostBytesOf(part) : part.length;
}

/** Who sends a batch, and as which of its records: what a broker tells a repetition and a stale producer by. */
export interface ProducerStamp {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly sequence: number;
}

/** The same batch as one of a producer's transaction; a copy. */
export function stampBatch(batch: Buffer, { producerId, producerEpoch, sequence }: ProducerStamp): Buffer {
  const bytes = Buffer.from(batch);
  bytes.writeInt16BE(bytes.readInt16BE(batchFields.attributes) | transactional, batchFields.attributes);
  writeInt64(bytes, producerId, batchFields.producerId);
  bytes.writeInt16BE(producerEpoch, batchFields.producerEpoch);
  bytes.writeInt32BE(sequence, batchFields.baseSequence);
  writeCrc(bytes);
  return bytes;
}

function writeCrc(bytes: Buffer): void {
  bytes.writeUInt32BE(crc32c(bytes.subarray(batchFields.attributes)), batchFields.crc);
}

function writeInt64(bytes: Buffer, value: number, at: number): void {
  bytes.writeBigInt64BE(BigInt(value), at);
}
