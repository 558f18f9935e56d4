import { decompress, NotUnpackable } from './compression/decompress.js';
import { damagedBatch, unknownCodec, type BatchPlace, type RecordBatch } from './record-batch.js';
import type { RecordColumns } from './record-columns.js';
import { MalformedRecord, VarintReader } from './varint-reader.js';

/**
 * Appends the records of a batch from one offset to before another.
 * @throws RecoveryError EM2206 when what is in the batch contradicts it, EM2207 for a codec that is not known
 */
export function decodeRecords(
  batch: RecordBatch,
  columns: RecordColumns,
  from: number,
  to: number,
  place: BatchPlace,
): void {
  try {
    decode(batch, columns, from, to, place);
  } catch (error) {
    if (!(error instanceof MalformedRecord || error instanceof NotUnpackable)) throw error;
    throw damagedBatch(place, batch.baseOffset, error.message, error);
  }
}

function decode(batch: RecordBatch, columns: RecordColumns, from: number, to: number, place: BatchPlace): void {
  const packed = batch.codec !== 0;
  const source = packed ? decompress(batch.codec, batch.bytes.subarray(batch.start, batch.end)) : batch.bytes;
  if (source === null) throw unknownCodec(place, batch.baseOffset, batch.codec);
  const end = packed ? source.length : batch.end;
  const reader = new VarintReader(source, packed ? 0 : batch.start, end);
  const { baseOffset, lastOffset, baseTimestamp, maxTimestamp, timeType } = batch;
  const append = timeType === 'append';
  const { keyStarts, keyLengths, valueStarts, valueLengths, headerStarts } = columns;
  let before = baseOffset - 1;
  for (let index = 0; index < batch.count; index++) {
    const length = reader.next();
    const recordEnd = reader.skip(length) + length;
    reader.at = recordEnd - length + 1; // past the attributes, which mean nothing yet
    const timeDelta = reader.next();
    const offset = baseOffset + reader.next();
    if (offset <= before || offset > lastOffset) throw new MalformedRecord('its offsets do not rise');
    before = offset;
    if (offset >= from && offset < to) {
      columns.place(offset, append ? maxTimestamp : baseTimestamp + timeDelta, timeType, source);
      const keyLength = reader.next();
      keyStarts.push(reader.at);
      keyLengths.push(keyLength < 0 ? -1 : keyLength);
      if (keyLength > 0) reader.at += keyLength;
      const valueLength = reader.next();
      valueStarts.push(reader.at);
      valueLengths.push(valueLength < 0 ? -1 : valueLength);
      if (valueLength > 0) reader.at += valueLength;
      const headerStart = reader.at;
      const headers = reader.next();
      headerStarts.push(headers === 0 ? -1 : headerStart);
      if (headers !== 0) checkHeaders(columns, reader, headers);
      columns.bytes += Math.max(0, keyLength) + Math.max(0, valueLength);
      if (reader.at !== recordEnd) throw new MalformedRecord('a record is longer or shorter than it says');
    }
    reader.at = recordEnd;
  }
  if (reader.at !== end) throw new MalformedRecord('there are bytes behind its last record');
}

/** Goes over the headers, so that reading them later cannot fail. */
function checkHeaders(columns: RecordColumns, reader: VarintReader, headers: number): void {
  if (headers < 0) throw new MalformedRecord('a list has a negative length');
  columns.hasHeaders = true;
  for (let index = 0; index < headers; index++) {
    reader.skip(reader.next());
    const length = reader.next();
    if (length > 0) reader.skip(length);
  }
}

/** True where a control batch ends a transaction that was undone: its key has a version, then 0 for that. */
export function endsAborted(batch: RecordBatch, place: BatchPlace): boolean {
  try {
    const reader = new VarintReader(batch.bytes, batch.start, batch.end);
    reader.next();
    reader.skip(1);
    reader.next();
    reader.next();
    const key = reader.slice(reader.next());
    return batch.count > 0 && key.length >= 4 && key.readInt16BE(2) === 0;
  } catch (error) {
    if (!(error instanceof MalformedRecord)) throw error;
    throw damagedBatch(place, batch.baseOffset, error.message, error);
  }
}
