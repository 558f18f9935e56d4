import type { WrittenBatch } from './batch-writer.js';
import { recordsStart } from './record-batch.js';
import { endOf, type RecordColumns } from './record-columns.js';
import { VarintReader } from './varint-reader.js';

/**
 * Whether all records of a batch as we wrote it stand in columns from an index on, byte by byte: what `sameContents` says of
 * each, by one comparison. False also where they are the same and were written in another way, or stand apart.
 */
export function sameRecords({ bytes, count }: WrittenBatch, columns: RecordColumns, index: number): boolean {
  const last = index + count - 1;
  const source = columns.sources[index];
  if (source === undefined || columns.sources[last] !== source) return false;
  const key = firstKeyOf(bytes);
  const start = columns.keyStart[index]!;
  const end = start + bytes.length - key.start;
  // Up to the first key there are the length, time and number of the record, which are no contents.
  return (
    columns.keyLength[index] === key.length &&
    endOf(columns, last) === end &&
    bytes.compare(source, start, end, key.start) === 0
  );
}

function firstKeyOf(bytes: Buffer): { readonly start: number; readonly length: number } {
  const reader = new VarintReader(bytes, recordsStart, bytes.length);
  reader.int(); // its length
  reader.skip(1);
  reader.long();
  reader.int();
  const length = reader.int();
  return { start: reader.at, length };
}
