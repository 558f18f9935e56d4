import type { ActiveProducer } from '../protocol/describe-producers-request.js';
import type { FetchedPartition, PartitionFetch } from './fetched-partition.js';

/** What reading needs of a cluster: nothing here joins a group, and nothing writes. */
export interface KafkaCluster {
  /** The addresses that were given, for messages. */
  readonly location: string;
  /**
   * @throws RecoveryError `kafka-topic-not-found` for a topic that is not there, `kafka-permission-denied` for one that
   *   may not be looked at
   */
  describeTopics(topics: readonly string[]): Promise<DescribedCluster>;
  /**
   * An offset of each partition: the oldest, the high watermark, the end of what is committed, or that of the first event
   * with this time or a later one (-1 where there is none).
   */
  offsets(topic: string, partitions: readonly number[], at: OffsetAt): Promise<ReadonlyMap<number, number>>;
  /**
   * @throws RecoveryError `log-changed` when the offset is outside of what the broker keeps, or another topic has taken
   *   the place of this one; `kafka-unreachable` when the leader cannot be reached for long
   */
  fetch(request: PartitionFetch): Promise<FetchedPartition>;
  /** Who holds a partition back with an open transaction; null where the broker or the user's rights do not allow to ask. */
  producers(topic: string, partition: number): Promise<readonly ActiveProducer[] | null>;
  /** The settings of a topic by name; null where the user may not see them. */
  topicSettings(topic: string): Promise<Readonly<Record<string, string>> | null>;
  /** The offsets that a group has committed, without joining it; null where it has none of the topic. */
  groupOffsets(group: string, topics: readonly string[]): Promise<readonly GroupOffset[]>;
  close(): Promise<void>;
}

export type OffsetAt = 'earliest' | 'high-watermark' | 'last-stable' | { readonly time: number };

export interface DescribedCluster {
  /** '' where the cluster has none. */
  readonly clusterId: string;
  readonly topics: readonly DescribedTopic[];
}

export interface DescribedTopic {
  readonly name: string;
  /** 32 hexadecimal digits; '' where the cluster does not tell topics of one name apart (before Kafka 2.8). */
  readonly id: string;
  /** Sorted. */
  readonly partitions: readonly number[];
}

export interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  /** The next offset that the group would read. */
  readonly next: number;
}
