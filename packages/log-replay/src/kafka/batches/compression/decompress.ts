import * as zlib from 'node:zlib';
import { createRequire } from 'node:module';
import { decompressLz4 } from './lz4.js';
import { decompressSnappy } from './snappy.js';

/** Codecs of record batches, by their numbers in the attributes. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** A batch may be this large when it is unpacked, in bytes: what is larger was made to hurt. */
export const maxUnpackedBytes = 128 * 1024 * 1024;

/** The bytes are not what the codec makes. */
export class NotUnpackable extends Error {
  constructor(what: string, cause?: unknown) {
    super(what, { cause });
    this.name = 'NotUnpackable';
  }
}

/**
 * Unpacks the records of a batch.
 * @returns null for a codec that is not known
 * @throws NotUnpackable for bytes that the codec did not make, and for what grows beyond the limit
 */
export function decompress(codec: number, packed: Buffer, limit = maxUnpackedBytes): Buffer | null {
  try {
    switch (codecNames[codec]) {
      case 'gzip':
        return zlib.gunzipSync(packed, { maxOutputLength: limit });
      case 'snappy':
        return decompressSnappy(packed, limit);
      case 'lz4':
        return decompressLz4(packed, limit);
      case 'zstd':
        return decompressZstd(packed, limit);
      case 'none':
        return packed;
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof NotUnpackable) throw error;
    throw new NotUnpackable('it cannot be unpacked', error);
  }
}

type Zstd = (packed: Uint8Array, options?: { readonly maxOutputLength?: number }) => Uint8Array;

/** Node has it since 22.15; where it does not, a decoder in JavaScript does the same, more slowly. */
const ownZstd = (zlib as { readonly zstdDecompressSync?: Zstd }).zstdDecompressSync;

function decompressZstd(packed: Buffer, limit: number): Buffer {
  if (ownZstd !== undefined) return asBuffer(ownZstd(packed, { maxOutputLength: limit }));
  const { decompress: unpack } = createRequire(import.meta.url)('fzstd') as typeof import('fzstd');
  const unpacked = unpack(packed);
  if (unpacked.length > limit) throw new NotUnpackable('it is too large when it is unpacked');
  return asBuffer(unpacked);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
