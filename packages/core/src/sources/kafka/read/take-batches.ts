import type { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { HoleReason, LogHole } from '../../../model/log/event-log.js';
import { inPartition, isBatchDamage, undecidedBatch } from '../batches/batch-failures.js';
import { RecordColumns } from '../batches/record-columns.js';
import type { FetchedBatch, FetchedPartition } from '../cluster/fetched-partition.js';
import { AbortedTransactions, type BatchFate } from './aborted-transactions.js';

/** What is wanted of a fetched answer. */
export interface WantedRange {
  /** Whose answer it is, for errors. */
  readonly place: { readonly topic: string; readonly partition: number };
  /** The first offset that is not accounted for yet, and one past the last that is wanted. */
  readonly next: number;
  readonly end: number;
  readonly readCommitted: boolean;
  /** What an offset without a record means here: `compacted` where the topic is, else `missing`. */
  readonly absent: HoleReason;
  /** `keep`: a batch that cannot be read is a hole, and told of. Else it is an error. */
  readonly damage?: 'refuse' | 'keep';
}

/** A batch that cannot be read, as far as it was wanted. */
export interface DamagedBatch {
  readonly from: number;
  readonly to: number;
  readonly error: RecoveryError;
  readonly raw: Uint8Array | null;
}

/** An answer, taken apart. Together columns and holes account for every offset from the wanted one to `next`. */
export interface TakenBatches {
  /** Records by page, none of them empty. */
  readonly pages: readonly RecordColumns[];
  /** In rising order, neighbours of one reason joined. */
  readonly holes: readonly LogHole[];
  readonly damaged: readonly DamagedBatch[];
  /** The first offset that is still not accounted for. */
  readonly next: number;
}

/** Records of a page, about: enough that what is done once a page costs nothing, few enough that a page stays small. */
const pageRecords = 2000;

/** Sorts the batches of a fetch into events and holes. Pure, but for the decoding of the batches. */
export function takeBatches(
  fetched: FetchedPartition,
  { place, next: from, end, readCommitted, absent, damage = 'refuse' }: WantedRange,
): TakenBatches {
  const aborted = new AbortedTransactions(fetched.aborted, readCommitted);
  const pages: RecordColumns[] = [];
  const holes: LogHole[] = [];
  let page = new RecordColumns();
  const damaged: DamagedBatch[] = [];
  let next = from;

  const skipDamaged = (batch: FetchedBatch, error: unknown, to: number): void => {
    if (damage === 'refuse' || !isBatchDamage(error)) throw error;
    damaged.push({ from: next, to, error, raw: batch.raw ?? null });
    passTo(to, 'damaged');
  };

  const passTo = (to: number, reason: HoleReason): void => {
    if (to <= next) return;
    const last = holes.at(-1);
    if (last?.to === next && last.reason === reason) holes[holes.length - 1] = { ...last, to };
    else holes.push({ from: next, to, reason });
    next = to;
  };

  /** Null, where it is kept, for a batch that cannot be judged: it may have ended any transaction. */
  const judge = (batch: FetchedBatch): BatchFate | null => {
    try {
      if (batch.damaged !== undefined) throw batch.damaged;
      return aborted.judge(batch);
    } catch (error) {
      if (!isBatchDamage(error)) throw error;
      aborted.passDamaged(batch);
      // One that lies before what was asked for is not missed; what it leaves undecided is.
      if (batch.lastOffset >= next) skipDamaged(batch, error, Math.min(batch.lastOffset + 1, end));
      return null;
    }
  };

  for (const batch of fetched.batches) {
    if (next >= end) break;
    // The broker gives whole batches: one may lie before what was asked for. It still counts for the transactions.
    if (batch.lastOffset >= next) passTo(Math.min(batch.baseOffset, end), absent);
    const fate = judge(batch);
    if (fate === null || batch.lastOffset < next) continue;
    const to = Math.min(batch.lastOffset + 1, end);
    if (fate === 'undecided') {
      skipDamaged(batch, inPartition(undecidedBatch(batch.baseOffset), place), to);
      continue;
    }
    if (fate !== 'deliver') {
      passTo(to, fate);
      continue;
    }
    const before = page.length;
    try {
      batch.decode(page, next, to);
    } catch (error) {
      skipDamaged(batch, error, to);
      continue;
    }
    // Offsets inside of a batch are only left out by compaction; nearly always there are none.
    if (page.length - before === to - next) next = to;
    else {
      for (let index = before; index < page.length; index++) {
        const offset = page.offsets[index] as number;
        passTo(offset, absent);
        next = offset + 1;
      }
      passTo(to, absent);
    }
    if (page.length >= pageRecords) {
      pages.push(page);
      page = new RecordColumns();
    }
  }
  if (page.length > 0) pages.push(page);
  return { pages, holes, damaged, next };
}
