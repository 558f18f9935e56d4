import { setTimeout as sleep } from 'node:timers/promises';
import type { PartitionId } from '../../../model/log/partition-id.js';
import { describeHolders } from './open-transaction.js';
import type { PartitionReading } from './read-partition.js';

/** The ends of a partition as they are now. */
export interface StableRange {
  /** The oldest offset that the broker keeps. */
  readonly low: number;
  /** One past the last offset that can be seen. */
  readonly end: number;
  /** What an open transaction hides; null where none does. */
  readonly heldBack: { readonly to: number; readonly by: string } | null;
}

const pauseMs = 100;

/** Asks for the ends of a partition, and waits for transactions that are open: most are over in a moment. */
export async function awaitStable(
  {
    cluster,
    readCommitted,
    transactionWaitMs,
  }: Pick<PartitionReading, 'cluster' | 'readCommitted' | 'transactionWaitMs'>,
  { topic, partition }: Pick<PartitionId, 'topic' | 'partition'>,
): Promise<StableRange> {
  const ask = async (at: 'earliest' | 'high-watermark' | 'last-stable'): Promise<number> =>
    (await cluster.offsets(topic, [partition], at)).get(partition) ?? -1;
  const low = await ask('earliest');
  const high = await ask('high-watermark');
  if (!readCommitted) return { low, end: high, heldBack: null };
  const started = performance.now();
  for (;;) {
    const stable = await ask('last-stable');
    // What was begun behind `high` meanwhile is not waited for, or a busy topic would never be stable.
    if (stable >= high) return { low, end: high, heldBack: null };
    if (performance.now() - started >= transactionWaitMs) {
      const by = describeHolders(await cluster.producers(topic, partition));
      return { low, end: stable, heldBack: { to: high, by } };
    }
    await sleep(pauseMs);
  }
}
