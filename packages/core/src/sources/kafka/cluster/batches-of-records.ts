import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';
import { decodeControlRecord } from '../batches/control-record.js';
import { decodeRecords } from '../batches/decode-records.js';
import { recordBatches, type RecordBatch } from '../batches/record-batch.js';
import type { FetchedBatch } from './fetched-partition.js';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** The batches of an answer, decoded as they are asked for. Errors name the partition, which a batch does not know. */
export function* batchesOfRecords(records: Buffer, place: Place): Generator<FetchedBatch, undefined> {
  const batches = recordBatches(records);
  for (;;) {
    const next = placed(place, () => batches.next());
    if (next.done === true) return;
    yield batchOf(next.value, place);
  }
}

function batchOf(batch: RecordBatch, place: Place): FetchedBatch {
  return {
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    transactional: batch.transactional,
    control: batch.control,
    producerId: batch.producerId,
    maxTimestamp: batch.maxTimestamp,
    decode: (columns, from, to) => void placed(place, () => decodeRecords(batch, columns, from, to)),
    endsAborted: () => placed(place, () => decodeControlRecord(batch)) === 'abort',
  };
}

function placed<Result>({ topic, partition }: Place, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    throw new RecoveryError(error.code, `${topic}[${partition}]: ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
      details: { ...error.details, topic, partition },
    });
  }
}
