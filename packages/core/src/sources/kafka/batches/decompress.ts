import { gunzipSync } from 'node:zlib';
import { damagedBatch } from './batch-failures.js';
import { decompressLz4 } from './decompress-lz4.js';
import { decompressSnappy } from './decompress-snappy.js';
import { decompressZstd } from './decompress-zstd.js';
import { reasonOf } from './malformed.js';

/** How the records of a batch are compressed. */
export type CompressionCodec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** The codecs by the number that Kafka gives them. */
export const compressionCodecs: readonly CompressionCodec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** In bytes: what a batch may expand to. Brokers take batches of 1 MiB unless they are told otherwise. */
const expansionLimit = 128 * 1024 * 1024;

/**
 * Decompresses the records of a batch; with codec `none` they are given back as they are. Bytes that are malformed or
 * expand to more than `limit` bytes are `corrupt-record-batch`.
 */
export function decompress(codec: CompressionCodec, bytes: Buffer, limit: number = expansionLimit): Buffer {
  try {
    return decompressors[codec](bytes, limit);
  } catch (error) {
    throw damagedBatch(null, `its records cannot be decompressed with ${codec}: ${reasonOf(error)}`, error);
  }
}

const decompressors: Readonly<Record<CompressionCodec, (bytes: Buffer, limit: number) => Buffer>> = {
  none: (bytes) => bytes,
  gzip: (bytes, limit) => gunzipSync(bytes, { maxOutputLength: limit, chunkSize: gzipChunk }),
  snappy: decompressSnappy,
  lz4: decompressLz4,
  zstd: decompressZstd,
};

/** In bytes. Large enough that a usual batch is one or two chunks. */
const gzipChunk = 128 * 1024;
