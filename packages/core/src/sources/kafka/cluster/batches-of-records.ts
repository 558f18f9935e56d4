import { isRecoveryError, type RecoveryError } from '../../../model/errors/recovery-error.js';
import { inPartition, isBatchDamage } from '../batches/batch-failures.js';
import { decodeControlRecord } from '../batches/control-record.js';
import { decodeRecords } from '../batches/decode-records.js';
import { damagedHeader, type DamagedHeader } from '../batches/damaged-header.js';
import { recordBatches, type RecordBatch } from '../batches/record-batch.js';
import type { FetchedBatch } from './fetched-partition.js';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/**
 * The batches of an answer, decoded as they are asked for; one that is damaged is given as such where the next can be found
 * behind it. Errors name the partition, which a batch does not know.
 */
export function* batchesOfRecords(records: Buffer, place: Place): Generator<FetchedBatch, undefined> {
  let position = 0;
  let batches = recordBatches(records);
  for (;;) {
    try {
      const next = placed(place, () => batches.next());
      if (next.done === true) return;
      position += next.value.bytes;
      yield batchOf(next.value, place);
    } catch (error) {
      const header = damagedHeader(records, position);
      if (header === null || !isBatchDamage(error)) throw error;
      yield damagedBatchOf(header, error);
      position += header.bytes.length;
      batches = recordBatches(records.subarray(position));
    }
  }
}

function damagedBatchOf({ baseOffset, lastOffset, bytes }: DamagedHeader, error: RecoveryError): FetchedBatch {
  return {
    baseOffset,
    lastOffset,
    transactional: false,
    control: false,
    producerId: -1,
    maxTimestamp: -1,
    raw: bytes,
    damaged: error,
    decode() {
      throw error;
    },
    endsAborted: () => false,
  };
}

function batchOf(batch: RecordBatch, place: Place): FetchedBatch {
  return {
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    transactional: batch.transactional,
    control: batch.control,
    producerId: batch.producerId,
    maxTimestamp: batch.maxTimestamp,
    raw: batch.buffer.subarray(batch.position, batch.position + batch.bytes),
    decode: (columns, from, to) => void placed(place, () => decodeRecords(batch, columns, from, to)),
    endsAborted: () => placed(place, () => decodeControlRecord(batch)) === 'abort',
  };
}

function placed<Result>(place: Place, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw isRecoveryError(error) ? inPartition(error, place) : error;
  }
}
