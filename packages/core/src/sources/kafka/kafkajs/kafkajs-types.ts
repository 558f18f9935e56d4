/** What of kafkajs 2.2.4 is used and is not in its public types. */

/** A request with the functions that read its answer; `parse` throws at the first error code, `decode` shows them all. */
interface KafkajsRequest {
  readonly request: object;
  readonly response: { readonly decode: (bytes: Buffer) => Promise<unknown> };
}

/** What a broker of kafkajs says of itself, as far as it is used here. Not part of kafkajs' public types. */
export interface KafkajsBroker {
  readonly nodeId: number | null;
  /** By number of the API; null before it is connected. */
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null;
  /** Connection 0 is for requests, 1 for fetches. */
  readonly connectionPool: {
    readonly pool?: readonly { readonly socket?: { destroy(error: Error): void } }[];
    getConnection(index: number): Promise<unknown>;
    send(request: { request: object; response: object }): Promise<unknown>;
  };
  /** The request in the newest version that both sides speak. */
  lookupRequest(key: number, definition: unknown): (body: object) => KafkajsRequest;
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  fetch(request: unknown): Promise<KafkajsFetchAnswer>;
  listOffsets(request: unknown): Promise<KafkajsOffsetsAnswer>;
  metadata(topics: readonly string[]): Promise<KafkajsMetadata>;
  findGroupCoordinator(of: { readonly groupId: string; readonly coordinatorType: number }): Promise<unknown>;
  initProducerId(request: {
    readonly transactionalId: string;
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  addPartitionsToTxn(
    request: KafkajsTransaction & {
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
    },
  ): Promise<unknown>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly retentionTime: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<unknown>;
  endTxn(request: KafkajsTransaction & { readonly transactionResult: boolean }): Promise<unknown>;
}

/** Whose transaction a request is about. */
interface KafkajsTransaction {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

interface KafkajsMetadata {
  readonly clusterId: string | null;
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly partitionMetadata: readonly {
      readonly partitionId: number;
      readonly leader: number;
    }[];
  }[];
}

interface KafkajsOffsetsAnswer {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly offset: string;
      readonly timestamp: string;
    }[];
  }[];
}

interface KafkajsFetchAnswer {
  readonly throttleTime?: number;
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly highWatermark: string;
      readonly lastStableOffset?: string;
      readonly lastStartOffset?: string;
      readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
      readonly messages: readonly KafkajsMessage[];
    }[];
  }[];
}

export interface KafkajsMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;
  readonly isControlRecord: boolean;
  /** One object for all messages of a batch. */
  readonly batchContext: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly maxTimestamp: string;
    readonly timestampType: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
    readonly isControlBatch: boolean;
  };
}

/** The connections of kafkajs to the brokers of one cluster. */
export interface KafkajsCluster {
  readonly rootLogger: unknown;
  readonly connectionPoolBuilder: { build(at: { host: string; port: number }): Promise<unknown> };
  readonly brokerPool: {
    readonly seedBroker?: KafkajsBroker;
    readonly brokers: Readonly<Record<string, KafkajsBroker>>;
    createBroker(options: { connectionPool: unknown; logger: unknown }): KafkajsBroker;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(node: { readonly nodeId: number }): Promise<KafkajsBroker>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  findGroupCoordinator(of: { readonly groupId: string; readonly coordinatorType: number }): Promise<KafkajsBroker>;
}
