import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';

/** Tells whether the states that a replay begins with have seen an event already; null where they are all of one age. */
export type HasSeen = (keys: readonly string[], partition: PartitionId, offset: number) => boolean;

/**
 * Asked per key and counted, where the engine looks up one start for all keys of the event.
 * @throws RecoveryError `mixed-baselines` when called for an event that some of its keys have seen and others have not
 */
export function seenByBaseline({ parts, partitions }: ReplaySpec): HasSeen | null {
  if (parts.length <= 1) return null;
  const places = new Map(partitions.map(({ id }, place) => [partitionKey(id), place]));
  const sets = parts.map(({ scope }) => (scope.kind === 'all' ? null : new Set(scope.keys)));
  const partOf = (key: string): number => {
    const named = sets.findIndex((keys) => keys?.has(key) === true);
    return named === -1 ? sets.indexOf(null) : named;
  };
  return (keys, partition, offset) => {
    const place = places.get(partitionKey(partition)) ?? -1;
    const seen = keys.filter((key) => offset < (parts[partOf(key)]?.starts[place] ?? 0)).length;
    if (seen === 0) return false;
    if (seen === keys.length) return true;
    throw new RecoveryError(
      'mixed-baselines',
      `the event at offset ${offset} names ${keys.length} keys, and the states of ${seen} of them have seen it`,
      { hint: 'the baselines of the plan do not fit this log: plan again' },
    );
  };
}
