import type { Offset } from '../event/offset.js';
import type { PartitionId } from '../log/partition-id.js';
import { comparePartitions, partitionKey } from '../log/partition-id.js';

/**
 * The state of the order inside one partition: the watermark is the highest order value that was accepted so far, and the
 * value that an event without a usable one inherits. -Infinity before the first (null in JSON).
 */
export interface PartitionOrderState {
  readonly watermark: number;
}

/** What has been read of one partition: everything below `next`. */
export interface PartitionPosition extends PartitionId {
  readonly next: Offset;
  readonly order: PartitionOrderState;
}

/** What has been read: per partition the next offset and the state of the order. Sorted by `comparePartitions`. */
export type Position = readonly PartitionPosition[];

/** Position as it stands in JSON: offsets as strings, no watermark as null. */
export interface PartitionPositionJson {
  readonly source?: string;
  readonly topic: string;
  readonly incarnation?: string;
  readonly partition: number;
  readonly next: string;
  readonly watermark?: number | null;
}

export const startOfOrder: PartitionOrderState = { watermark: -Infinity };

export function sortPosition(parts: Iterable<PartitionPosition>): Position {
  return [...parts].sort(comparePartitions);
}

/** True when both have read exactly the same events. The state of the order is not compared: it follows from the events. */
export function samePosition(a: Position, b: Position): boolean {
  if (a.length !== b.length) return false;
  const byKey = new Map(b.map((part) => [partitionKey(part), part.next]));
  return a.every((part) => byKey.get(partitionKey(part)) === part.next);
}
