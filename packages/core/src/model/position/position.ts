import { type Offset, parseOffset } from '../event/offset.js';
import { type PartitionId, comparePartitions, partitionKey } from '../log/partition-id.js';

/** The state of the order inside one partition. Both are -Infinity before the first usable value (null in JSON). */
export interface PartitionOrderState {
  /** The highest order value that was accepted so far, which an event without a usable one inherits. */
  readonly watermark: number;
  /** The clock of the last event in milliseconds, which an event without a usable time inherits. */
  readonly clock: number;
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
  readonly clock?: number | null;
}

export const startOfOrder: PartitionOrderState = { watermark: -Infinity, clock: -Infinity };

export function sortPosition(parts: Iterable<PartitionPosition>): Position {
  return [...parts].sort(comparePartitions);
}

/** True when both have read exactly the same events. The state of the order is not compared: it follows from the events. */
export function samePosition(a: Position, b: Position): boolean {
  if (a.length !== b.length) return false;
  const byKey = new Map(b.map((part) => [partitionKey(part), part.next]));
  return a.every((part) => byKey.get(partitionKey(part)) === part.next);
}

/** True when `a` has read nothing that `b` has not; both name the same partitions. */
export function isBeforeOrAt(a: Position, b: Position): boolean {
  const byKey = new Map(b.map((part) => [partitionKey(part), part.next]));
  return a.every((part) => part.next <= (byKey.get(partitionKey(part)) ?? 0));
}

export function positionToJson(position: Position): readonly PartitionPositionJson[] {
  return position.map(({ source, topic, incarnation, partition, next, order }) => ({
    source,
    topic,
    incarnation,
    partition,
    next: String(next),
    watermark: Number.isFinite(order.watermark) ? order.watermark : null,
    clock: Number.isFinite(order.clock) ? order.clock : null,
  }));
}

/** @throws RecoveryError `invalid-field` when a value is not an offset. */
export function positionFromJson(json: readonly PartitionPositionJson[], defaultSource = ''): Position {
  return sortPosition(
    json.map((part) => ({
      source: part.source ?? defaultSource,
      topic: part.topic,
      incarnation: part.incarnation ?? '',
      partition: part.partition,
      next: parseOffset(part.next, `the position of ${part.topic}[${part.partition}]`),
      order: { watermark: part.watermark ?? -Infinity, clock: part.clock ?? -Infinity },
    })),
  );
}
