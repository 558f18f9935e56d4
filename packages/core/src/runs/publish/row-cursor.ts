import { decodeRecords } from '../../sources/kafka/batches/decode-records.js';
import { recordBatches } from '../../sources/kafka/batches/record-batch.js';
import { RecordColumns } from '../../sources/kafka/batches/record-columns.js';
import type { OutboxBatch, OutboxRows } from './outbox.js';

/** One row, in the columns of its batch. */
export interface RowAt {
  readonly columns: RecordColumns;
  readonly index: number;
}

/** Walks the rows of a partition in their order; a batch is decoded, as a reader of the topic would see it, once a row of it is asked for. */
export class RowCursor {
  readonly #batches: Iterator<OutboxBatch>;
  #batch: OutboxBatch | null = null;
  #columns: RecordColumns | null = null;

  /** @param from the first row that will be asked for */
  constructor(rows: OutboxRows, from = 0) {
    this.#batches = rows.batches(from)[Symbol.iterator]();
  }

  /** @param seq rises from call to call, over those of `batchFrom` too; null behind the last row */
  at(seq: number): RowAt | null {
    const batch = this.#batchOf(seq);
    if (batch === null) return null;
    this.#columns ??= decodeBatch(batch);
    return { columns: this.#columns, index: seq - batch.firstSeq };
  }

  /** The batch that begins with a row, as it was sealed; null where none does. */
  batchFrom(seq: number): OutboxBatch | null {
    const batch = this.#batchOf(seq);
    return batch?.firstSeq === seq ? batch : null;
  }

  #batchOf(seq: number): OutboxBatch | null {
    while (this.#batch === null || seq >= this.#batch.firstSeq + this.#batch.count) {
      const next = this.#batches.next();
      if (next.done === true) return null;
      this.#batch = next.value;
      this.#columns = null;
    }
    return this.#batch;
  }
}

export function decodeBatch({ bytes }: Pick<OutboxBatch, 'bytes'>): RecordColumns {
  const columns = new RecordColumns();
  for (const batch of recordBatches(bytes)) decodeRecords(batch, columns);
  return columns;
}
