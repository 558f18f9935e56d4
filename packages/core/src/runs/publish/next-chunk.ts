import { BatchWriter, type WrittenBatch } from '../../sources/kafka/batches/batch-writer.js';
import { headersOf, keyOf, valueOf } from '../../sources/kafka/batches/record-columns.js';
import type { GuardedRow, OutboxBatch, OutboxRows } from './outbox.js';
import { decodeBatch } from './row-cursor.js';

/** What is sent in one transaction. */
export interface Chunk {
  readonly batches: readonly WrittenBatch[];
  /** Records in them. */
  readonly records: number;
  readonly bytes: number;
  /** One past the last row. */
  readonly to: number;
  /** Rows of these that may only be sent while nothing newer stands. */
  readonly guarded: readonly (GuardedRow & { readonly seq: number })[];
}

export interface ChunkLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** The next rows from `from` to before `to`, as far as one transaction goes; at least one batch. */
export function nextChunk(rows: OutboxRows, from: number, to: number, limits: ChunkLimits): Chunk {
  const batches: WrittenBatch[] = [];
  const guarded: (GuardedRow & { readonly seq: number })[] = [];
  let next = from;
  let records = 0;
  let bytes = 0;
  for (const batch of rows.batches(from)) {
    if (next >= to || records >= limits.rows || bytes >= limits.bytes) break;
    const end = Math.min(batch.firstSeq + batch.count, to, next + limits.rows - records);
    const part = partOf(batch, next, end, rows.dropped);
    if (part !== null) {
      batches.push(part);
      records += part.count;
      bytes += part.bytes.length;
    }
    for (const row of batch.guarded) {
      const seq = batch.firstSeq + row.index;
      if (seq >= next && seq < end && !rows.dropped.has(seq)) guarded.push({ ...row, seq });
    }
    next = end;
    // Where rows of it were dropped there may be room for more, but not for those of the next batch before its own.
    if (end < batch.firstSeq + batch.count) break;
  }
  return { batches, records, bytes, to: next, guarded };
}

/** A batch as it was sealed where all of it is sent; else made anew of the rows that are. Null where none is. */
function partOf(batch: OutboxBatch, from: number, to: number, dropped: ReadonlySet<number>): WrittenBatch | null {
  const end = batch.firstSeq + batch.count;
  let whole = from === batch.firstSeq && to === end;
  if (dropped.size > 0) for (let seq = from; whole && seq < to; seq++) whole = !dropped.has(seq);
  if (whole) return { bytes: batch.bytes, count: batch.count };
  const columns = decodeBatch(batch);
  const writer = new BatchWriter();
  for (let seq = from; seq < to; seq++) {
    if (dropped.has(seq)) continue;
    const index = seq - batch.firstSeq;
    const headers = (headersOf(columns, index) ?? []).map(
      ([name, value]) => [Buffer.from(name, 'utf8'), value ?? Buffer.alloc(0)] as const,
    );
    const time = columns.times[index] as number;
    writer.add({ key: keyOf(columns, index), value: valueOf(columns, index), time, headers });
  }
  return writer.count === 0 ? null : writer.take();
}
