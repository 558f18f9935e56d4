import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import { damagedBatch } from './batch-failures.js';
import { decompress } from './decompress.js';
import { Malformed, reasonOf } from './malformed.js';
import { recordsStart, type RecordBatch } from './record-batch.js';
import type { RecordColumns } from './record-columns.js';
import { VarintReader } from './varint-reader.js';

/**
 * Appends the records of a batch whose offsets lie from `from` to before `to`, and tells how many they were. A batch
 * that contradicts itself is `corrupt-record-batch`, and then nothing of it is appended. Whether it is a control batch,
 * and whether its transaction was committed, is the caller's to ask before.
 */
export function decodeRecords(batch: RecordBatch, columns: RecordColumns, from = 0, to = Infinity): number {
  const before = columns.length;
  const reader = openRecords(batch);
  try {
    decodeAll(batch, reader, columns, from, to);
  } catch (error) {
    columns.truncate(before);
    if (!(error instanceof Malformed)) throw error;
    throw damagedBatch(batch.baseOffset, error.message, error);
  }
  return columns.length - before;
}

function openRecords(batch: RecordBatch): VarintReader {
  const { buffer, position, bytes, codec, count } = batch;
  const start = position + recordsStart;
  const end = position + bytes;
  // Compaction leaves batches without a record, and not always without a codec.
  if (codec === 'none' || (count === 0 && start === end)) return new VarintReader(buffer, start, end);
  try {
    const plain = decompress(codec, buffer.subarray(start, end));
    return new VarintReader(plain, 0, plain.length);
  } catch (error) {
    throw damagedBatch(
      batch.baseOffset,
      `its records cannot be decompressed with ${codec}: ${reasonOf(isRecoveryError(error) ? error.cause : error)}`,
      error,
    );
  }
}

function decodeAll(batch: RecordBatch, reader: VarintReader, columns: RecordColumns, from: number, to: number): void {
  const { baseOffset, baseTimestamp, timestampType, count } = batch;
  const source = reader.bytes;
  const end = reader.end;
  const greatestDelta = batch.lastOffset - baseOffset;
  const appendTime = timestampType === 'append' ? batch.maxTimestamp : null;
  let delta = -1;
  for (let i = 0; i < count; i++) {
    reader.end = end;
    const length = reader.int();
    const recordEnd = reader.at + length;
    if (length < 0 || recordEnd > end) throw new Malformed('a record reaches beyond the end');
    reader.end = recordEnd;
    reader.skip(1); // attributes, of which none is in use
    const time = appendTime ?? baseTimestamp + reader.long();
    if (appendTime !== null) reader.long();
    const nextDelta = reader.int();
    if (nextDelta <= delta || nextDelta > greatestDelta) throw new Malformed('the offsets of its records do not rise');
    delta = nextDelta;
    const offset = baseOffset + delta;
    if (offset < from || offset >= to) {
      reader.at = recordEnd;
      continue;
    }
    const keyLength = reader.int();
    const keyStart = reader.at;
    skipBytes(reader, keyLength);
    const valueLength = reader.int();
    const valueStart = reader.at;
    skipBytes(reader, valueLength);
    const headers = reader.int();
    const headersStart = reader.at;
    if (headers !== 0) skipHeaders(reader, headers);
    if (reader.at !== recordEnd) throw new Malformed('a record is longer than what it holds');
    columns.offsets.push(offset);
    columns.times.push(time === -1 ? NaN : time);
    columns.timeTypes.push(timestampType);
    columns.sources.push(source);
    columns.keyStart.push(keyStart);
    columns.keyLength.push(keyLength);
    columns.valueStart.push(valueStart);
    columns.valueLength.push(valueLength);
    columns.headersStart.push(headersStart);
    columns.headerCount.push(headers);
  }
  if (reader.at !== end) throw new Malformed('there is more behind the last of its records');
}

/** Bytes with their length before them; -1 stands for none. */
function skipBytes(reader: VarintReader, length: number): void {
  if (length > 0) reader.skip(length);
  else if (length < -1) throw new Malformed('a record holds a negative length');
}

function skipHeaders(reader: VarintReader, count: number): void {
  if (count < 0) throw new Malformed('a record holds a negative number of headers');
  for (let i = 0; i < count; i++) {
    const nameLength = reader.int();
    if (nameLength < 0) throw new Malformed('a header has no name');
    reader.skip(nameLength);
    skipBytes(reader, reader.int());
  }
}
