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
export const recordOverhead = 40;
/** In bytes: the lengths of a header's name and value take no more. */
export const headerOverhead = 10;

/** In bytes: what the length of a record of 64 to 8,191 bytes takes. */
const usualLength = 2;

/** Attributes of a batch: bit 4 says that it belongs to a transaction. */
const transactional = 0x10;

/**
 * Writes records one behind the other into a buffer that is used again for every batch: an object for each record would
 * cost more than all the rest. Nothing is compressed.
 */
export class BatchWriter {
  #buffer = Buffer.allocUnsafe(256 * 1024);
  #at = recordsStart;
  /** Where the record begins that is being written. */
  #start = 0;
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
    this.begin(time, largestSize(record));
    this.part(key);
    this.part(value);
    this.headerCount(headers.length);
    for (const [name, content] of headers) {
      this.part(name);
      this.part(content);
    }
    this.end();
  }

  /**
   * Begins a record of which the parts follow: key, value, how many headers there are, name and value of each; then `end`.
   * For many records that have most of their headers in common, and no object of their own.
   * @param most as many bytes as it can take, see `largestSize`
   */
  begin(time: number, most: number): void {
    if (this.#count === 0) {
      this.#firstTime = time;
      this.#lastTime = time;
    }
    this.#lastTime = Math.max(this.#lastTime, time);
    this.#reserve(most);
    this.#start = this.#at;
    this.#at += usualLength;
    this.#buffer[this.#at++] = 0; // attributes, of which none is in use
    this.#long(time - this.#firstTime);
    this.#int(this.#count);
  }

  part(part: RecordPart | null): void {
    if (part === null) this.#int(-1);
    else if (typeof part === 'string') this.#text(part);
    else this.partOf(part, 0, part.length);
  }

  /** A part that stands in other bytes. */
  partOf(source: Uint8Array, start: number, end: number): void {
    this.#int(end - start);
    copyBytes(source, start, end, this.#buffer, this.#at);
    this.#at += end - start;
  }

  headerCount(count: number): void {
    this.#int(count);
  }

  /** Headers that were made ready by `encodeHeaders`. */
  encodedHeaders({ bytes }: EncodedHeaders): void {
    copyBytes(bytes, 0, bytes.length, this.#buffer, this.#at);
    this.#at += bytes.length;
  }

  /** The length of a record stands in front of it, and is known behind it: there is room for the usual one. */
  end(): void {
    const begin = this.#start + usualLength;
    const end = this.#at;
    const length = end - begin;
    const room = varintLength(length);
    if (room !== usualLength) this.#buffer.copyWithin(this.#start + room, begin, end);
    this.#at = this.#start;
    this.#int(length);
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
    this.part(Buffer.from(text, 'utf8'));
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

/** Headers as they stand in a record: for those that many records have in common. */
export interface EncodedHeaders {
  readonly count: number;
  readonly bytes: Uint8Array;
  /** What they count for in `largestSize`. */
  readonly largest: number;
}

export function encodeHeaders(headers: RecordToWrite['headers']): EncodedHeaders {
  const parts = headers.flat().map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : part));
  const bytes = Buffer.concat(parts.flatMap((part) => [varintOf(part.length), part]));
  const largest = parts.reduce((sum, { length }) => sum + length, headerOverhead * headers.length);
  return { count: headers.length, bytes, largest };
}

/** A length as it stands in a record. */
function varintOf(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length * 2;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function varintLength(length: number): number {
  let bytes = 1;
  for (let rest = length * 2; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
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
