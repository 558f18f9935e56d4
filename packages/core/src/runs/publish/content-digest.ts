import { createHash } from 'node:crypto';
import type { RecordPart } from '../../sources/kafka/batches/batch-writer.js';
import { findHeader, type RecordColumns } from '../../sources/kafka/batches/record-columns.js';
import { copyBytes, mostBytesOf, writeText } from '../../sources/kafka/batches/write-text.js';
import { publicationHeaders } from './publication-headers.js';

const bufferBytes = 64 * 1024;
const idName = Buffer.from(publicationHeaders.id);

/**
 * A digest of what consumers see: key, value and semantic id of each record, each behind its length in four bytes (all ones
 * for none). It depends on nothing else, so that anybody can make it of a topic, or of a list of outputs.
 */
export class ContentDigest {
  readonly #hash = createHash('sha256');
  readonly #id = { start: 0, length: -1 };
  #buffer = Buffer.allocUnsafe(bufferBytes);
  #at = 0;

  add(key: RecordPart | null, value: RecordPart | null, semanticId: RecordPart | null): void {
    this.#part(key);
    this.#part(value);
    this.#part(semanticId);
  }

  /** A record of which the value stands in other bytes; of a `length` of -1, there is none. */
  addCut(key: string, source: Uint8Array, start: number, length: number, semanticId: string): void {
    this.#text(key);
    this.#bytes(source, start, length);
    this.#text(semanticId);
  }

  /** A record as it was read, without a view of any part of it. */
  addRecord(columns: RecordColumns, index: number): void {
    const source = columns.sources[index]!;
    this.#bytes(source, columns.keyStart[index]!, columns.keyLength[index]!);
    this.#bytes(source, columns.valueStart[index]!, columns.valueLength[index]!);
    findHeader(columns, index, idName, this.#id);
    this.#bytes(source, this.#id.start, this.#id.length);
  }

  hex(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #part(part: RecordPart | null): void {
    if (typeof part === 'string') this.#text(part);
    else if (part === null) this.#bytes(this.#buffer, 0, -1);
    else this.#bytes(part, 0, part.length);
  }

  #text(text: string): void {
    this.#reserve(4 + mostBytesOf(text));
    const start = this.#at + 4;
    const end = writeText(this.#buffer, start, text);
    this.#length(end - start);
    this.#at = end;
  }

  /** @param length -1 for none */
  #bytes(source: Uint8Array, start: number, length: number): void {
    this.#reserve(4 + Math.max(0, length));
    this.#length(length);
    if (length <= 0) return;
    copyBytes(source, start, start + length, this.#buffer, this.#at);
    this.#at += length;
  }

  #length(length: number): void {
    const buffer = this.#buffer;
    buffer[this.#at++] = length >>> 24;
    buffer[this.#at++] = length >>> 16;
    buffer[this.#at++] = length >>> 8;
    buffer[this.#at++] = length;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes > this.#buffer.length) this.#flush();
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(bytes);
  }

  #flush(): void {
    this.#hash.update(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
  }
}
