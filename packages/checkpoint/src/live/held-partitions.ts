import { RecoveryError, type PartitionId } from '@eventmend/core';
import { describePartition, startOfOrder } from '@eventmend/core/engine';
import type { LiveStore } from '../store/live-store.js';
import type { StoredPartition } from '../store/stored-rows.js';
import { requireSameLog } from './require-same-log.js';
import type { ProcessName } from '../store/process-name.js';

/** The epoch of each partition that this process took over, by `heldKey`. */
export type HeldPartitions = Map<string, number>;

/** Topic and number: a store reads one cluster. */
export function heldKey({ topic, partition }: Pick<PartitionId, 'topic' | 'partition'>): string {
  return JSON.stringify([topic, partition]);
}

export interface PartitionToTake extends PartitionId {
  /** Where it begins if nothing of it was applied yet; 0 by default. */
  readonly begin?: number;
}

/**
 * Makes this process the owner of partitions, whoever owned them: their epochs rise, and every commit under an older one
 * is refused.
 * @throws RecoveryError `log-changed` where a topic was made anew
 */
export function takeOver(
  store: LiveStore,
  held: HeldPartitions,
  owner: ProcessName,
  partitions: readonly PartitionToTake[],
): readonly StoredPartition[] {
  const all = store.inTransaction(() =>
    partitions.map(({ source, topic, incarnation, partition, begin = 0 }) => {
      const id = { source, topic, incarnation, partition };
      const stored = store.partition(id);
      if (stored !== null) requireSameLog(stored, id);
      const taken: StoredPartition = {
        ...id,
        next: stored?.next ?? begin,
        order: stored?.order ?? startOfOrder,
        epoch: (stored?.epoch ?? 0) + 1,
        owner,
        changed: stored?.changed ?? 0,
      };
      store.writePartition(taken);
      return taken;
    }),
  );
  // Only now: a disk that refused the commit has left them with whoever had them.
  for (const taken of all) held.set(heldKey(taken), taken.epoch);
  return all;
}

export function fenced(id: PartitionId): RecoveryError {
  return new RecoveryError(
    'fenced-by-another-process',
    `${describePartition(id)} was taken over by another process; nothing of this batch was committed`,
    {
      hint: 'after a rebalance this is as it should be; else two processes read the same partition, and the newest wins',
      details: { topic: id.topic, partition: id.partition },
    },
  );
}
