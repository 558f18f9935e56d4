import { decodeRecords } from '../../sources/kafka/batches/decode-records.js';
import { recordBatches } from '../../sources/kafka/batches/record-batch.js';
import { RecordColumns } from '../../sources/kafka/batches/record-columns.js';
import type { OutboxBatch, OutboxRows } from './outbox.js';

/** One row, in the columns of its batch. */
export interface RowAt {
  readonly columns: RecordColumns;
  readonly index: number;
}

/** Walks the rows of a partition in their order, each decoded as a reader of the topic would see it. */
export class RowCursor {
  readonly #batches: Iterator<OutboxBatch>;
  #firstSeq = 0;
  #columns = new RecordColumns();

  /** @param from the first row that will be asked for */
  constructor(rows: OutboxRows, from = 0) {
    this.#batches = rows.batches(from)[Symbol.iterator]();
  }

  /** @param seq rises from call to call; null behind the last row */
  at(seq: number): RowAt | null {
    while (seq >= this.#firstSeq + this.#columns.length) {
      const next = this.#batches.next();
      if (next.done === true) return null;
      this.#firstSeq = next.value.firstSeq;
      this.#columns = decodeBatch(next.value);
    }
    return { columns: this.#columns, index: seq - this.#firstSeq };
  }
}

export function decodeBatch({ bytes }: Pick<OutboxBatch, 'bytes'>): RecordColumns {
  const columns = new RecordColumns();
  for (const batch of recordBatches(bytes)) decodeRecords(batch, columns);
  return columns;
}
