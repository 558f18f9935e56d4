import { batchFields, recordsStart, uncountedBytes } from './record-batch.js';

/** What can be believed of a batch whose bytes are not what was written: where it lies, and how long it is. */
export interface DamagedHeader {
  readonly baseOffset: number;
  /** In front of the next batch, where that is in the same answer; else as the damaged header says it. */
  readonly lastOffset: number;
  readonly bytes: Buffer;
}

/** No batch that a broker takes holds more records. */
const greatestDelta = 10_000_000;

/**
 * The base offset and the length are the broker's own, outside of what the checksum covers; null where they cannot be right
 * either, and for the formats before Kafka 0.11.
 */
export function damagedHeader(records: Buffer, position: number): DamagedHeader | null {
  if (records.length - position < recordsStart || records[position + batchFields.magic] !== 2) return null;
  const baseOffset = baseOffsetAt(records, position);
  const length = uncountedBytes + records.readInt32BE(position + batchFields.length);
  if (baseOffset === null || length < recordsStart || length > records.length - position) return null;
  const bytes = records.subarray(position, position + length);
  const next =
    records.length - position - length >= batchFields.length ? baseOffsetAt(records, position + length) : null;
  if (next !== null && next > baseOffset && next - baseOffset <= greatestDelta) {
    return { baseOffset, lastOffset: next - 1, bytes };
  }
  const delta = records.readInt32BE(position + batchFields.lastOffsetDelta);
  return { baseOffset, lastOffset: baseOffset + (delta >= 0 && delta <= greatestDelta ? delta : 0), bytes };
}

function baseOffsetAt(records: Buffer, position: number): number | null {
  const offset = records.readInt32BE(position) * 2 ** 32 + records.readUInt32BE(position + 4);
  return offset >= 0 && Number.isSafeInteger(offset) ? offset : null;
}
