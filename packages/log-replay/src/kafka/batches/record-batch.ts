import { RecoveryError } from '@eventmend/core';
import type { TimeType } from '../../archive/archive-event.js';
import { crc32c } from './crc32c.js';

/** The head of a record batch (magic 2), and where its records stand. */
export interface RecordBatch {
  /** The bytes that it stands in. */
  readonly bytes: Buffer;
  /** Where its records begin, packed or not, and one past its last byte. */
  readonly start: number;
  readonly end: number;
  readonly baseOffset: number;
  /** As it was written: compaction may have taken the record. */
  readonly lastOffset: number;
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec: number;
  readonly timeType: TimeType;
  readonly transactional: boolean;
  readonly control: boolean;
  /** Milliseconds since 1970. */
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: bigint;
  /** Records that are in it. */
  readonly count: number;
}

/** Where a batch is, for messages. */
export interface BatchPlace {
  readonly topic: string;
  readonly partition: number;
}

const headBytes = 61;
const beforeLength = 12;
const crcAt = 17;
const attributesAt = 21;

/**
 * Walks the record batches of a fetch, in Kafka's layout of since 0.11
 * (https://kafka.apache.org/documentation/#recordbatch). The last one may be cut off, which is how a broker ends an answer.
 * @throws RecoveryError EM2206 when a batch does not match its checksum, EM2207 for the layouts of before
 */
export function* walkBatches(bytes: Buffer, place: BatchPlace): Generator<RecordBatch, undefined> {
  for (let at = 0; at + headBytes <= bytes.length;) {
    const baseOffset = readOffset(bytes, at, place);
    const length = bytes.readInt32BE(at + 8);
    const end = at + beforeLength + length;
    const magic = bytes[at + 16] as number;
    if (magic < 2) throw oldFormat(place, baseOffset, magic);
    if (magic > 2 || length < headBytes - beforeLength) throw damagedBatch(place, baseOffset, 'its head is none');
    if (end > bytes.length) return;
    // Before anything else of it is believed.
    if (crc32c(bytes, at + attributesAt, end) !== bytes.readUInt32BE(at + crcAt)) {
      throw damagedBatch(place, baseOffset, 'it does not match its checksum');
    }
    const attributes = bytes.readInt16BE(at + attributesAt);
    const lastDelta = bytes.readInt32BE(at + 23);
    const count = bytes.readInt32BE(at + 57);
    if (lastDelta < 0 || count < 0 || count > lastDelta + 1)
      throw damagedBatch(place, baseOffset, 'its counts contradict each other');
    yield {
      bytes,
      start: at + headBytes,
      end,
      baseOffset,
      lastOffset: baseOffset + lastDelta,
      codec: attributes & 0x07,
      timeType: (attributes & 0x08) === 0 ? 'create' : 'append',
      transactional: (attributes & 0x10) !== 0,
      control: (attributes & 0x20) !== 0,
      baseTimestamp: Number(bytes.readBigInt64BE(at + 27)),
      maxTimestamp: Number(bytes.readBigInt64BE(at + 35)),
      producerId: bytes.readBigInt64BE(at + 43),
      count,
    };
    at = end;
  }
}

function readOffset(bytes: Buffer, at: number, place: BatchPlace): number {
  const offset = bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
  if (offset >= 0 && Number.isSafeInteger(offset + 2 ** 31)) return offset;
  throw damagedBatch(place, offset, 'its offset is none');
}

export function damagedBatch(
  { topic, partition }: BatchPlace,
  offset: number,
  what: string,
  cause?: unknown,
): RecoveryError {
  return new RecoveryError(
    'EM2206',
    `${topic}[${partition}]: the record batch at offset ${offset} is damaged: ${what}`,
    {
      hint: 'nothing of it was used: look at the disk of the broker and at the network, or read from another replica or an archive',
      cause,
      details: { topic, partition, offset: String(offset) },
    },
  );
}

function oldFormat({ topic, partition }: BatchPlace, offset: number, magic: number): RecoveryError {
  return new RecoveryError(
    'EM2207',
    `${topic}[${partition}]: the messages at offset ${offset} are in the format of before Kafka 0.11 (magic ${magic})`,
    { hint: 'copy the topic with a newer producer (kafka-mirror-maker), or import it from files into an archive' },
  );
}

export function unknownCodec({ topic, partition }: BatchPlace, offset: number, codec: number): RecoveryError {
  return new RecoveryError(
    'EM2207',
    `${topic}[${partition}]: the record batch at offset ${offset} is packed with a codec that is not known (${codec})`,
    { hint: 'gzip, snappy, lz4 and zstd are; a newer version of Eventmend may know it' },
  );
}
