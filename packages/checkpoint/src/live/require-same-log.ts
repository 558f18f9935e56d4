import { RecoveryError, type PartitionId } from '@eventmend/core';
import { describePartition, partitionKey } from '@eventmend/core/engine';
import type { StoredPartition } from '../store/stored-rows.js';

/** Where a partition is another log than the one that the store has read. */
export function requireSameLog(stored: StoredPartition, id: PartitionId): void {
  if (partitionKey(stored) === partitionKey(id)) return;
  throw new RecoveryError(
    'log-changed',
    `${describePartition(id)} is another log than the one that was applied up to ${stored.next}: the topic was made anew, or the cluster is another one`,
    {
      hint: 'begin in another folder, from a checkpoint or from the beginning of the new log',
      details: { stored: partitionKey(stored), now: partitionKey(id) },
    },
  );
}
