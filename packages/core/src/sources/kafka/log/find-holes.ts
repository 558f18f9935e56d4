import { setTimeout as sleep } from 'node:timers/promises';
import type { LogHole, OffsetRange } from '../../../model/log/event-log.js';
import type { PartitionId } from '../../../model/log/partition-id.js';
import type { FetchedPartition, PartitionFetch } from '../cluster/fetched-partition.js';
import type { KafkaCluster } from '../cluster/kafka-cluster.js';
import { neverWhole, startingMs } from '../cluster/kafka-failures.js';
import { takeBatches } from '../read/take-batches.js';
import type { PartitionReading } from '../read/read-partition.js';

/** How long the broker may wait before it answers that there is nothing, in milliseconds. */
const waitMs = 500;

/**
 * Reads a range for its holes alone. Watermarks do not show them: after a compaction the low one is where it was, and the
 * first event that is left may be far above it.
 */
export async function findHoles(
  reading: PartitionReading,
  id: PartitionId,
  range: OffsetRange,
): Promise<readonly LogHole[]> {
  const { cluster, topicId, readCommitted, fetchBytes } = reading;
  const { topic, partition } = id;
  const holes: LogHole[] = [];
  for (let next = range.from; next < range.to;) {
    const fetched = await fetchPatiently(cluster, {
      topic,
      topicId,
      partition,
      offset: next,
      readCommitted,
      maxBytes: fetchBytes,
      maxWaitMs: waitMs,
    });
    const taken = takeBatches(fetched, {
      place: id,
      next,
      end: range.to,
      readCommitted,
      absent: 'compacted',
      ...(reading.damage !== undefined && { damage: reading.damage }),
    });
    const to = taken.next > next ? taken.next : range.to;
    if (taken.next === next) holes.push({ from: next, to, reason: 'compacted' });
    holes.push(...taken.holes);
    next = to;
  }
  return joinNeighbours(holes);
}

/** A hole that goes on over the end of an answer is one hole. */
function joinNeighbours(holes: readonly LogHole[]): readonly LogHole[] {
  const joined: LogHole[] = [];
  for (const hole of holes) {
    const last = joined.at(-1);
    if (last?.to === hole.from && last.reason === hole.reason) joined[joined.length - 1] = { ...last, to: hole.to };
    else joined.push(hole);
  }
  return joined;
}

/** The first batch at or behind an offset, and the first offset in range that it accounts for; null for none. */
export async function firstBatch(
  reading: Pick<PartitionReading, 'cluster' | 'topicId' | 'readCommitted'>,
  { topic, partition }: Pick<PartitionId, 'topic' | 'partition'>,
  { from, to }: OffsetRange,
): Promise<{ readonly from: number; readonly maxTimestamp: number } | null> {
  const fetched = await fetchPatiently(reading.cluster, {
    topic,
    topicId: reading.topicId,
    partition,
    offset: from,
    readCommitted: reading.readCommitted,
    maxBytes: lookBytes,
    maxWaitMs: waitMs,
  });
  for (const batch of fetched.batches) {
    if (batch.lastOffset < from || batch.baseOffset >= to) continue;
    return { from: Math.max(from, batch.baseOffset), maxTimestamp: batch.maxTimestamp };
  }
  return null;
}

/** Enough for a batch of the usual size; a larger one comes whole. */
const lookBytes = 64 * 1024;

/** One answer without events is no proof that there are none: it is believed when it has been the same for so long. */
async function fetchPatiently(cluster: KafkaCluster, request: PartitionFetch): Promise<FetchedPartition> {
  const started = performance.now();
  for (;;) {
    const fetched = await cluster.fetch(request);
    const batches = [...fetched.batches];
    if (batches.length > 0) return { ...fetched, batches };
    if (performance.now() - started > startingMs) {
      if (fetched.recordBytes > 0) throw neverWhole(request, request.offset);
      return { ...fetched, batches };
    }
    await sleep(pauseMs);
  }
}

const pauseMs = 200;
