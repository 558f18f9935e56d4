import type { TimeType } from '../../archive/archive-event.js';
import { damagedBatch, unspokenBatch } from './batch-failures.js';
import { crc32c } from './crc32c.js';
import { compressionCodecs, type CompressionCodec } from './decompress.js';

/** The header of a record batch (magic 2), and where its bytes lie. */
export interface RecordBatch {
  /** The buffer that the batch lies in, usually with others. */
  readonly buffer: Buffer;
  /** Where the batch begins in the buffer. */
  readonly position: number;
  /** Its length in bytes, header included. */
  readonly bytes: number;
  readonly baseOffset: number;
  /** The last offset that the batch covers. After a compaction there may be no record with it. */
  readonly lastOffset: number;
  readonly codec: CompressionCodec;
  /** Whose clock the times of its records are of: the producer's or the broker's. */
  readonly timestampType: TimeType;
  readonly transactional: boolean;
  /** It holds a marker of a transaction, or another one of the broker's own, and no events. */
  readonly control: boolean;
  /** In milliseconds: what the times of the records are relative to; -1 where the producer gave none. */
  readonly baseTimestamp: number;
  /** In milliseconds; -1 where there is none. */
  readonly maxTimestamp: number;
  /** -1 for a producer that is neither idempotent nor transactional. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** How many records it holds; compaction may leave none. */
  readonly count: number;
  readonly partitionLeaderEpoch: number;
}

/** Where the fields of a batch lie, in bytes from its beginning. */
export const batchFields = {
  baseOffset: 0,
  length: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
};

/** In bytes: where the records of a batch begin, from its beginning. */
export const recordsStart = 61;

/** In bytes: what the length in the header does not count, the base offset and itself. */
export const uncountedBytes = 12;

/**
 * Walks the batches in the records field of a Fetch response, or in a segment of a broker's log. A last batch that is
 * cut is the end: a broker cuts where the limit in bytes is reached. An empty answer to bytes that are not empty thus
 * says that the limit was below the first batch.
 *
 * Before anything but its length and its magic is believed, the CRC of a batch is compared, unless `checkCrc` is false.
 * It covers everything behind itself; the base offset, the length and the leader epoch are the broker's, which changes
 * them without a new one. Throws `corrupt-record-batch` for a damaged batch and `kafka-incompatible` for one that this
 * client does not read; the batches before it have been given by then.
 */
export function* recordBatches(
  records: Buffer,
  { checkCrc = true }: { readonly checkCrc?: boolean } = {},
): Generator<RecordBatch, void, undefined> {
  let position = 0;
  // As long as the magic is there, which has its place in every format.
  while (records.length - position > batchFields.magic) {
    const bytes = uncountedBytes + records.readInt32BE(position + batchFields.length);
    const baseOffset = readInt64(records, position + batchFields.baseOffset);
    requireMagic(records[position + batchFields.magic]!, nameable(baseOffset));
    if (bytes < recordsStart) throw damagedBatch(nameable(baseOffset), 'its length is less than that of a header');
    if (bytes > records.length - position) return;
    yield readBatch(records, position, bytes, baseOffset, checkCrc);
    position += bytes;
  }
}

function readBatch(
  buffer: Buffer,
  position: number,
  bytes: number,
  baseOffset: number,
  checkCrc: boolean,
): RecordBatch {
  if (checkCrc) {
    const computed = crc32c(buffer.subarray(position + batchFields.attributes, position + bytes));
    if (computed !== buffer.readUInt32BE(position + batchFields.crc)) {
      throw damagedBatch(nameable(baseOffset), 'its bytes do not match its CRC');
    }
  }
  const lastOffset = baseOffset + buffer.readInt32BE(position + batchFields.lastOffsetDelta);
  if (!isOffset(baseOffset) || !isOffset(lastOffset) || lastOffset < baseOffset) {
    throw damagedBatch(nameable(baseOffset), 'its offsets are not between 0 and 2^53');
  }
  const producerId = readInt64(buffer, position + batchFields.producerId);
  if (!Number.isSafeInteger(producerId)) throw damagedBatch(baseOffset, 'its producer id is beyond 2^53');
  const count = buffer.readInt32BE(position + batchFields.count);
  if (count < 0) throw damagedBatch(baseOffset, 'it has a negative number of records');
  const attributes = buffer.readInt16BE(position + batchFields.attributes);
  return {
    buffer,
    position,
    bytes,
    baseOffset,
    lastOffset,
    codec: codecOf(attributes, baseOffset),
    timestampType: (attributes & 0x08) === 0 ? 'create' : 'append',
    transactional: (attributes & 0x10) !== 0,
    control: (attributes & 0x20) !== 0,
    baseTimestamp: readInt64(buffer, position + batchFields.baseTimestamp),
    maxTimestamp: readInt64(buffer, position + batchFields.maxTimestamp),
    producerId,
    producerEpoch: buffer.readInt16BE(position + batchFields.producerEpoch),
    baseSequence: buffer.readInt32BE(position + batchFields.baseSequence),
    count,
    partitionLeaderEpoch: buffer.readInt32BE(position + batchFields.partitionLeaderEpoch),
  };
}

function requireMagic(magic: number, baseOffset: number | null): void {
  if (magic === 2) return;
  if (magic < 2) {
    throw unspokenBatch(
      baseOffset,
      `its format is that of Kafka before 0.11 (magic ${magic})`,
      'read the topic with a client that still reads this format and write its records to a new topic, or begin behind them',
    );
  }
  throw unspokenBatch(
    baseOffset,
    `its format is unknown (magic ${magic})`,
    'read it again: it is damaged, unless the broker is newer than all that are known to this version',
  );
}

function codecOf(attributes: number, baseOffset: number): CompressionCodec {
  const number = attributes & 0x07;
  const codec = compressionCodecs[number];
  if (codec !== undefined) return codec;
  throw unspokenBatch(
    baseOffset,
    `it is compressed with an unknown codec (number ${number})`,
    'look whether a newer version of this program reads it',
  );
}

/** Exact up to 2^53; beyond it the nearest number, as for times that a producer gave in nanoseconds. */
function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4);
}

function isOffset(value: number): boolean {
  return value >= 0 && Number.isSafeInteger(value);
}

function nameable(baseOffset: number): number | null {
  return isOffset(baseOffset) ? baseOffset : null;
}
