import type { AclOperation, AclResource } from './missing-acl.js';

/**
 * What is done with a cluster: its log is kept in an archive, read for a recovery, the connection is examined, outputs are
 * published to it, or it is written where a group goes on.
 */
export type KafkaVerb = 'save' | 'read' | 'doctor' | 'publish' | 'group';

/** One permission that a verb needs or can use. */
export interface LeastPermission {
  readonly operation: AclOperation;
  readonly resourceType: Exclude<AclResource, 'cluster'>;
  /** Kafka gives these along with it; no rule of their own is needed. */
  readonly brings: readonly AclOperation[];
  /** Without it everything is read all the same; what it is for is then not known. */
  readonly optional: boolean;
  readonly purpose: string;
}

const readEvents: LeastPermission = {
  operation: 'Read',
  resourceType: 'topic',
  brings: ['Describe'],
  optional: false,
  purpose: 'partitions, offsets and events of the topic',
};

const seeRetention: LeastPermission = {
  operation: 'DescribeConfigs',
  resourceType: 'topic',
  brings: [],
  optional: true,
  purpose: 'how long the topic keeps its events, and whether it is compacted',
};

const seeGroup: LeastPermission = {
  operation: 'Describe',
  resourceType: 'group',
  brings: [],
  optional: true,
  purpose: 'how far the group of the service had come',
};

const writeOutputs: LeastPermission = {
  operation: 'Write',
  resourceType: 'topic',
  brings: ['Describe'],
  optional: false,
  purpose: 'outputs sent to the topic',
};

const writeInTransactions: LeastPermission = {
  operation: 'Write',
  resourceType: 'transactional-id',
  brings: ['Describe'],
  optional: false,
  purpose: 'transactions whose ids begin with eventmend-',
};

const moveGroup: LeastPermission = {
  operation: 'Read',
  resourceType: 'group',
  brings: ['Describe'],
  optional: false,
  purpose: 'where the group of the service goes on',
};

/**
 * The least that a user of the cluster is given. Only `publish` writes events, only `group` writes offsets; nothing joins a group.
 */
export const leastPermissions: Readonly<Record<KafkaVerb, readonly LeastPermission[]>> = {
  save: [readEvents, seeRetention],
  read: [readEvents, seeRetention, seeGroup],
  doctor: [readEvents, seeRetention, seeGroup],
  publish: [readEvents, seeRetention, writeOutputs, writeInTransactions],
  group: [readEvents, moveGroup],
};
