import { decodeRecords, endsAborted } from '../batches/decode-records.js';
import { walkBatches, type BatchPlace } from '../batches/record-batch.js';
import type { FetchedBatch } from './fetched-partition.js';

/** The batches of an answer, decoded as they are asked for. */
export function* batchesOfRecords(records: Buffer, place: BatchPlace): Generator<FetchedBatch, undefined> {
  for (const batch of walkBatches(records, place)) {
    yield {
      baseOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      transactional: batch.transactional,
      control: batch.control,
      producerId: batch.producerId,
      maxTimestamp: batch.maxTimestamp,
      decode: (columns, from, to) => decodeRecords(batch, columns, from, to, place),
      endsAborted: () => endsAborted(batch, place),
    };
  }
}
