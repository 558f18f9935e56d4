import { BatchWriter } from '../../src/sources/kafka/batches/batch-writer.js';
import { publicationId, type GuardedRow, type OutboxBatch, type OutboxRows } from '../../src/runs/publish/outbox.js';
import { publicationHeaders } from '../../src/runs/publish/publication-headers.js';

export const base = 'a5f00d';

export interface SmallRow {
  readonly key: string;
  readonly value: string;
  /** Of kind `latest`. */
  readonly guarded: boolean;
}

/** An outbox of one partition in memory, in batches of `batchRows`. */
export function memoryOutbox(rows: readonly SmallRow[], batchRows: number): OutboxRows {
  const batches: OutboxBatch[] = [];
  for (let at = 0; at < rows.length; at += batchRows) {
    const part = rows.slice(at, at + batchRows);
    const writer = new BatchWriter();
    part.forEach(({ key, value }, index) => {
      writer.add({
        key: Buffer.from(key),
        value: Buffer.from(value),
        time: 1_000_000 + at + index,
        headers: [
          [Buffer.from(publicationHeaders.id), Buffer.from(`output-${at + index}`)],
          [Buffer.from(publicationHeaders.publication), Buffer.from(publicationId(base, 0, at + index))],
        ],
      });
    });
    const guarded: GuardedRow[] = part.flatMap(({ guarded: is, key }, index) => (is ? [{ index, output: 'o', key }] : []));
    const places = Uint32Array.from(part, (_, index) => at + index);
    batches.push({ firstSeq: at, count: part.length, bytes: writer.take().bytes, places, guarded });
  }
  const dropped = new Set<number>();
  return {
    partition: 0,
    rows: rows.length,
    hasGuarded: rows.some(({ guarded }) => guarded),
    *batches(from) {
      for (const batch of batches) if (batch.firstSeq + batch.count > from) yield batch;
    },
    dropped,
    drop: (left) => {
      for (const { seq } of left) dropped.add(seq);
    },
  };
}
