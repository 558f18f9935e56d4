import { gunzipSync } from 'node:zlib';
import { RecoveryError } from '@eventmend/core';
import { damagedBatch, type BatchPlace } from './record-batch.js';

/** A batch may be this large when it is unpacked, in bytes: what is larger was made to hurt. */
const maxOutput = 128 * 1024 * 1024;

/** @throws RecoveryError EM2206 for what cannot be unpacked, EM2207 for a codec that is not known */
export function decompress(codec: number, packed: Buffer, place: BatchPlace, offset: number): Buffer {
  try {
    if (codec === 1) return gunzipSync(packed, { maxOutputLength: maxOutput });
  } catch (error) {
    throw damagedBatch(place, offset, 'it cannot be unpacked', error);
  }
  throw new RecoveryError(
    'EM2207',
    `${place.topic}[${place.partition}]: the batch at offset ${offset} is packed in a way that is not known (${codec})`,
  );
}
