/** What brokers answer, as kafkajs decodes it; of each only what is looked at. */
export interface MetadataAnswer {
  readonly clusterId?: string | null;
  readonly controllerId?: number;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly TopicMetadata[];
}

/** One topic in a metadata answer. */
export interface TopicMetadata {
  readonly topicErrorCode: number;
  readonly topic: string;
  readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
}

/** The answer to ListOffsets, with an error code for each partition. */
export interface OffsetsAnswer {
  readonly responses: readonly {
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[];
  }[];
}

/** The answer to Fetch; its events are not looked at. */
export interface FetchAnswer {
  readonly responses: readonly {
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
  }[];
}

/** The answer to DescribeConfigs. */
export interface ConfigsAnswer {
  readonly resources: readonly {
    readonly errorCode: number;
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
  }[];
}

/** The answer to FindCoordinator. */
export interface CoordinatorAnswer {
  readonly errorCode: number;
  readonly coordinator: { readonly host: string; readonly port: number };
}

/** The answer to OffsetFetch. */
export interface CommittedAnswer {
  readonly errorCode?: number;
  readonly responses: readonly {
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[];
  }[];
}
