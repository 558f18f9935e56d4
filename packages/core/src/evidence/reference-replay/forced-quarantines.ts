import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { Offset } from '../../model/event/offset.js';

/** An event that the run parked without an answer of the worker, as one that never ended: it is not tried again. */
export interface TimedOutEvent extends PartitionId {
  readonly offset: Offset;
  readonly code: string;
}

export interface ForcedQuarantines {
  /** The code of a forced quarantine; undefined for every other event. */
  codeOf(partition: PartitionId, offset: Offset): string | undefined;
}

export function indexForced(list: readonly TimedOutEvent[]): ForcedQuarantines {
  const codes = new Map(list.map((forced) => [locationKey(forced, forced.offset), forced.code]));
  return { codeOf: (partition, offset) => (codes.size === 0 ? undefined : codes.get(locationKey(partition, offset))) };
}

function locationKey(partition: PartitionId, offset: Offset): string {
  return `${partitionKey(partition)}@${offset}`;
}
