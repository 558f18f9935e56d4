import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { EventPage } from '../../../model/log/event-page.js';
import type { LogHole, PageReader, ReadRequest } from '../../../model/log/event-log.js';
import { isBatchDamage } from '../batches/batch-failures.js';
import type { RecordColumns } from '../batches/record-columns.js';
import type { FetchedPartition } from '../cluster/fetched-partition.js';
import type { KafkaCluster } from '../cluster/kafka-cluster.js';
import { neverWhole, outOfRange, startingMs } from '../cluster/kafka-failures.js';
import type { RetentionRule } from '../retention/retention-rule.js';
import type { ReadPace } from './read-pace.js';
import { openTransaction } from './open-transaction.js';
import { eventPageOfRecords } from './event-page-of-records.js';
import { takeBatches, type DamagedBatch, type TakenBatches } from './take-batches.js';

export interface PartitionReading {
  readonly cluster: KafkaCluster;
  readonly topicId: string;
  readonly readCommitted: boolean;
  /** Null where the topic's settings may not be seen. */
  readonly retention: RetentionRule | null;
  /** About the size of an answer, in bytes; a batch that is larger comes whole. */
  readonly fetchBytes: number;
  /** How long to wait for the end of a transaction that holds the partition back, in milliseconds. */
  readonly transactionWaitMs: number;
  readonly pace: ReadPace;
  /** `keep`: batches that cannot be read are holes. Else the first of them is an error. */
  readonly damage?: 'refuse' | 'keep';
  /** Told of batches that cannot be read, where they are kept. */
  readonly onDamage?: (damaged: DamagedBatch) => void;
}

/** How long the broker may wait before it answers that there is nothing, in milliseconds. */
const longPollMs = 500;

/** An event is seldom larger than this, in bytes; where it is, it takes an answer more. */
const generousEventBytes = 1024;
const smallestFetchBytes = 64 * 1024;

/** Between two questions that nothing new can be expected of at once, in milliseconds. */
const pauseMs = 200;

/** After so many answers that were each broken in another way nothing better is waited for. */
const mostUnlike = 5;

/** Equal for two answers if what cannot be read of them is the same, to the byte. */
function contentOfDamage({ error, raw }: Pick<DamagedBatch, 'error' | 'raw'>): string {
  return `${error.message} ${createHash('sha256')
    .update(raw ?? '')
    .digest('hex')}`;
}

/** Reads records in pages, none of them empty. */
export interface RecordReader {
  /** Null behind the last page. */
  next(): RecordColumns | null | Promise<RecordColumns | null>;
  close(): void;
}

/** The same, as the pages of an event log. */
export function readPartition(reading: PartitionReading, request: ReadRequest): PageReader {
  const records = readRecords(reading, request);
  return {
    next() {
      const columns = records.next();
      if (columns instanceof Promise) return columns.then(pageOf);
      return pageOf(columns);
    },
    close: records.close,
  };
}

function pageOf(columns: RecordColumns | null): EventPage | null {
  return columns === null ? null : eventPageOfRecords(columns);
}

/**
 * Reads a range of a partition from its leader: bounded, without a group, one answer ahead. Every offset is a record of a
 * page or in a hole that is told; an offset that the broker no longer has is an error, never a jump.
 */
export function readRecords(reading: PartitionReading, request: ReadRequest): RecordReader {
  const { topic, partition, to: end, onHole } = request;
  const { cluster, readCommitted } = reading;
  const absent = reading.retention?.compacts === true ? 'compacted' : 'missing';
  const place = { topic, partition };
  let next = request.from;
  let fetchBytes = reading.fetchBytes;
  let ahead: Promise<FetchedPartition> | null = null;
  let waitingSince: number | null = null;
  let ready: RecordColumns[] = [];
  /** Holes of the answer whose pages are being given, each told before the page that follows it. */
  const holes: LogHole[] = [];
  let closed = false;
  /** What could not be read of the answer before; null where all of it could. */
  let doubted: string | null = null;
  /** Answers in a row that were broken in unlike ways. */
  let unlike = 0;

  /** Asks for what comes behind `next`; the answer is awaited when it is needed. */
  function ask(): Promise<FetchedPartition> {
    const asked = reading.pace.before().then(() =>
      cluster.fetch({
        topic,
        topicId: reading.topicId,
        partition,
        offset: next,
        readCommitted,
        // A short range needs no large answer.
        maxBytes: Math.min(fetchBytes, Math.max(smallestFetchBytes, (end - next) * generousEventBytes)),
        maxWaitMs: longPollMs,
      }),
    );
    asked.catch(() => undefined); // whoever awaits it is told
    return asked;
  }

  /**
   * Takes an answer apart; null where it holds a batch that cannot be read and the answer before did not hold the same: then the
   * same is asked once more. A byte that changed on the way, or in a memory, is right the next time; what is broken in the log
   * comes again as it was.
   * @throws RecoveryError for a batch that came so again, where damage is not kept
   */
  function take(fetched: FetchedPartition): TakenBatches | null {
    const { damage = 'refuse' } = reading;
    let found: TakenBatches | RecoveryError;
    try {
      found = takeBatches(fetched, { place, next, end, readCommitted, absent, damage });
    } catch (error) {
      if (!isBatchDamage(error)) throw error;
      found = error;
    }
    const damaged = 'damaged' in found ? found.damaged : [{ error: found, raw: null }];
    const doubtedNow = damaged.length === 0 ? null : damaged.map(contentOfDamage).join();
    if (doubtedNow !== null && doubtedNow !== doubted && ++unlike < mostUnlike) {
      doubted = doubtedNow;
      return null;
    }
    doubted = null;
    unlike = 0;
    if (!('damaged' in found)) throw found;
    return found;
  }

  async function readOn(): Promise<RecordColumns | null> {
    while (!closed && next < end) {
      const fetched = await (ahead ?? ask());
      ahead = null;
      if (fetched.logStartOffset > next) {
        throw outOfRange(place, next, { from: fetched.logStartOffset, to: fetched.highWatermark });
      }
      const before = next;
      const taken = take(fetched);
      if (taken === null) continue;
      for (const batch of taken.damaged) reading.onDamage?.(batch);
      next = taken.next;
      reading.pace.after(taken.pages);
      if (next === before) {
        await goOnWithoutBatches(fetched);
        continue;
      }
      waitingSince = null;
      if (next < end) ahead = ask();
      ready = [...taken.pages];
      holes.push(...taken.holes);
      const page = nextReady();
      if (page !== null) return page;
    }
    tellHolesBefore(Infinity);
    return null;
  }

  /** The broker gave nothing: the rest is a hole, a transaction is open, or the answer was too small for a batch. */
  async function goOnWithoutBatches(fetched: FetchedPartition): Promise<void> {
    const visible = readCommitted ? fetched.lastStableOffset : fetched.highWatermark;
    const waited = performance.now() - (waitingSince ??= performance.now());
    if (fetched.highWatermark < end) {
      // A leader that has just started may know less for a moment; one that goes on so has lost its end.
      if (waited < startingMs) return;
      throw outOfRange(place, end, { from: fetched.logStartOffset, to: fetched.highWatermark });
    }
    if (visible <= next) {
      if (waited < reading.transactionWaitMs) return;
      throw await openTransaction(cluster, place, { from: next, to: fetched.highWatermark });
    }
    if (waited < startingMs) {
      // The first batch did not fit, where the broker does not give one whole in any case; or it has only just started. One
      // answer without events is no proof that there are none.
      fetchBytes = Math.min(fetchBytes * 2, reading.fetchBytes * 16);
      await sleep(pauseMs);
      return;
    }
    if (fetched.recordBytes > 0) throw neverWhole(place, next);
    // There is something behind `next`, the broker was asked for it, and it gave nothing up to what it shows.
    const to = Math.min(end, visible);
    holes.push({ from: next, to, reason: absent });
    next = to;
    tellHolesBefore(Infinity);
  }

  function nextReady(): RecordColumns | null {
    const columns = ready.shift();
    if (columns === undefined) return null;
    tellHolesBefore(columns.offsets[columns.length - 1] as number);
    return columns;
  }

  function tellHolesBefore(offset: number): void {
    while (holes[0] !== undefined && holes[0].from < offset) {
      onHole?.(holes[0]);
      holes.shift();
    }
  }

  return {
    next() {
      if (closed) return null;
      const page = nextReady();
      return page ?? readOn();
    },
    close() {
      closed = true;
      ready = [];
      ahead = null;
    },
  };
}
