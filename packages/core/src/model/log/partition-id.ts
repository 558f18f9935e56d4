/** One partition of one topic of one log. */
export interface PartitionId {
  /** Name of the original log, see EventIdentity. */
  readonly source: string;
  readonly topic: string;
  /** Tells a topic from a later one of the same name; '' where the log has no such thing. */
  readonly incarnation: string;
  readonly partition: number;
}

/** A text key for maps; unambiguous, since it is a JSON array. */
export function partitionKey(id: PartitionId): string {
  return JSON.stringify([id.source, id.topic, id.incarnation, id.partition]);
}

/** `topic[3]`, for people. */
export function describePartition({ topic, partition }: Pick<PartitionId, 'topic' | 'partition'>): string {
  return `${topic}[${partition}]`;
}

/** The order of partitions wherever one is needed: topic, then number, then source and incarnation; no locale. */
export function comparePartitions(a: PartitionId, b: PartitionId): number {
  return (
    compareText(a.topic, b.topic) ||
    a.partition - b.partition ||
    compareText(a.source, b.source) ||
    compareText(a.incarnation, b.incarnation)
  );
}

/** By UTF-16 code units; no locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
