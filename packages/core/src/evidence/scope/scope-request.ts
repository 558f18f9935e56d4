/** What a recovery, a diagnosis or corrections shall be limited to: a tenant, or a canary. Plain data. */
export interface ScopeRequest {
  /** Keys by name. */
  readonly keys?: readonly string[];
  /** Conditions on events (see `parseWhere`); the keys of events that fulfil all of them are chosen. */
  readonly where?: readonly string[];
  /** The keys of events in these partitions are chosen; together with `where`, of events that fulfil both. */
  readonly partitions?: readonly PartitionChoice[];
}

export interface PartitionChoice {
  /** Every topic that has such a partition where absent. */
  readonly topic?: string;
  readonly partition: number;
}

export function describePartitionChoice({ topic, partition }: PartitionChoice): string {
  return topic === undefined ? String(partition) : `${topic}[${partition}]`;
}
