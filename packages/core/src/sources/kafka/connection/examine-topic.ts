import { nearestName } from '../../../worker/nearest-name.js';
import type { ConfigsAnswer, FetchAnswer, MetadataAnswer, OffsetsAnswer, TopicMetadata } from './broker-answers.js';
import type { BrokerConnection } from './broker-connection.js';
import type { ConnectionFinding, ConnectionStep, TakeFinding } from './connection-finding.js';
import { explainFinding } from './explain-finding.js';
import type { KafkaErrorContext } from './explain-kafka-error.js';
import { protocolError } from '../kafkajs/private-members.js';
import type { AclOperation } from './missing-acl.js';

/** What a topic is examined with. */
export interface TopicExamination {
  readonly topic: string;
  readonly context: KafkaErrorContext;
  /** Any broker that was signed in to. */
  readonly any: BrokerConnection;
  /** The connection to a broker by its number; throws what is in the way. */
  readonly to: (nodeId: number) => Promise<BrokerConnection>;
  readonly take: TakeFinding;
}

const unknownTopic = 3;
const notAllowed = 29;
const topicConfig = 2;
const earliest = '-2';
const latest = '-1';

/** Whether a topic can be read, by reading as little of it as can be; its partitions, or null when it cannot be seen. */
export async function examineTopic(examination: TopicExamination): Promise<number[] | null> {
  const { topic, any, take } = examination;
  const context = { ...examination.context, topic };
  const note = noteFor(topic, take);
  const refuse = (
    step: ConnectionStep,
    error: unknown,
    operation: AclOperation,
    state: 'failed' | 'doubtful' = 'failed',
  ) => take({ step, subject: topic, state, ...explainFinding(error, { ...context, operation }) });

  let found: TopicMetadata | undefined;
  try {
    const answer = (await any.ask('Metadata', { topics: [topic], allowAutoTopicCreation: false })) as MetadataAnswer;
    found = answer.topicMetadata.find((each) => each.topic === topic);
    const code = found?.topicErrorCode ?? unknownTopic;
    if (code === unknownTopic) {
      note('topic', 'failed', 'there is no such topic', await nearestHint(topic, any));
      return null;
    }
    // What is missing is Describe; Read brings it along, and nothing is read without Read.
    if (code === notAllowed) {
      const told = explainFinding(protocolError(code), { ...context, operation: 'Read' });
      const nearest = await nearestVisible(topic, any);
      const hint =
        nearest === null
          ? told.hint
          : `did you mean "${nearest}"? Kafka refuses names that there are not, too. If not: ${told.hint ?? ''}`;
      take({ step: 'topic', subject: topic, state: 'failed', ...told, hint });
      return null;
    }
    if (code !== 0 && found?.partitionMetadata.length === 0) throw protocolError(code);
  } catch (error) {
    refuse('topic', error, 'Read');
    return null;
  }
  const partitions = found?.partitionMetadata ?? [];
  note('topic', 'ok', counted(partitions.length, 'partition'));
  const leaders = grouped(partitions);
  noteLeaders(partitions, note);

  let events = 0n;
  const ends = new Map<number, string>();
  try {
    for (const [leader, ids] of leaders) {
      const broker = await examination.to(leader);
      const first = await offsets(broker, topic, ids, earliest);
      for (const [id, end] of await offsets(broker, topic, ids, latest)) {
        ends.set(id, end);
        events += BigInt(end) - BigInt(first.get(id) ?? end);
      }
    }
    if (ends.size === 0) note('offsets', 'not-checked', 'no partition has a leader');
    else note('offsets', 'ok', `offsets for at most ${events} events in ${counted(ends.size, 'partition')}`);
  } catch (error) {
    refuse('offsets', error, 'Read');
  }
  if (ends.size === 0) {
    note('read', 'not-checked', 'there is no offset to read from');
  } else {
    try {
      for (const [leader, ids] of leaders) await fetchNothing(await examination.to(leader), topic, ids, ends);
      note('read', 'ok', 'events may be read');
    } catch (error) {
      refuse('read', error, 'Read');
    }
  }
  try {
    note('retention', ...retention(await configs(any, topic)));
  } catch (error) {
    refuse('retention', error, 'DescribeConfigs', 'doubtful');
  }
  return partitions.map(({ partitionId }) => partitionId);
}

type Note = (step: ConnectionStep, state: ConnectionFinding['state'], found: string, hint?: string | null) => void;

function noteFor(subject: string, take: TakeFinding): Note {
  return (step, state, found, hint = null) => take({ step, subject, state, found, hint });
}

async function visibleTopics(any: BrokerConnection): Promise<string[]> {
  const answer = (await any.ask('Metadata', { topics: [], allowAutoTopicCreation: false })) as MetadataAnswer;
  return answer.topicMetadata.map((each) => each.topic).filter((name) => !name.startsWith('__'));
}

async function nearestVisible(topic: string, any: BrokerConnection): Promise<string | null> {
  return nearestName(topic, await visibleTopics(any));
}

async function nearestHint(topic: string, any: BrokerConnection): Promise<string> {
  const names = await visibleTopics(any);
  const nearest = nearestName(topic, names);
  if (nearest !== null) return `did you mean "${nearest}"?`;
  return names.length === 0
    ? 'this user sees no topic at all: compare the cluster and the permissions'
    : `compare the name and the cluster; this user sees ${counted(names.length, 'topic')}`;
}

function grouped(partitions: TopicMetadata['partitionMetadata']): Map<number, number[]> {
  const leaders = new Map<number, number[]>();
  for (const { partitionId, leader } of partitions) {
    if (leader < 0) continue;
    const ids = leaders.get(leader) ?? [];
    leaders.set(leader, [...ids, partitionId]);
  }
  return leaders;
}

function noteLeaders(partitions: TopicMetadata['partitionMetadata'], note: Note): void {
  const without = partitions.filter(({ leader }) => leader < 0).map(({ partitionId }) => partitionId);
  if (without.length === 0) {
    const leaders = new Set(partitions.map(({ leader }) => leader));
    note('leaders', 'ok', `every partition has one, on ${counted(leaders.size, 'broker')}`);
  } else {
    note(
      'leaders',
      'failed',
      `none for partition ${without.join(', ')}`,
      'the brokers that hold these are down: start them',
    );
  }
}

async function offsets(
  broker: BrokerConnection,
  topic: string,
  ids: readonly number[],
  timestamp: string,
): Promise<Map<number, string>> {
  const partitions = ids.map((partition) => ({ partition, timestamp }));
  const answer = (await broker.ask('ListOffsets', {
    isolationLevel: 0,
    topics: [{ topic, partitions }],
  })) as OffsetsAnswer;
  const found = answer.responses.flatMap((response) => response.partitions);
  refuseCodes(found);
  return new Map(found.map(({ partition, offset }) => [partition, offset]));
}

/** A fetch from the end: it is allowed or refused like any other, and nothing is there to be sent. */
async function fetchNothing(
  broker: BrokerConnection,
  topic: string,
  ids: readonly number[],
  ends: ReadonlyMap<number, string>,
): Promise<void> {
  const partitions = ids.map((partition) => ({ partition, fetchOffset: ends.get(partition) ?? '0', maxBytes: 1 }));
  const limits = { isolationLevel: 0, maxWaitTime: 0, minBytes: 0, maxBytes: 1 };
  const answer = (await broker.ask('Fetch', { ...limits, topics: [{ topic, partitions }] })) as FetchAnswer;
  refuseCodes(answer.responses.flatMap((response) => response.partitions));
}

async function configs(any: BrokerConnection, topic: string): Promise<ReadonlyMap<string, string | null>> {
  const resources = [
    { type: topicConfig, name: topic, configNames: ['cleanup.policy', 'retention.ms', 'retention.bytes'] },
  ];
  const answer = (await any.ask('DescribeConfigs', { resources, includeSynonyms: false })) as ConfigsAnswer;
  refuseCodes(answer.resources);
  return new Map(
    answer.resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue }) => [configName, configValue] as const),
    ),
  );
}

function retention(config: ReadonlyMap<string, string | null>): [ConnectionFinding['state'], string, string?] {
  const policy = config.get('cleanup.policy') ?? 'unknown';
  const limits = [
    limit('for', config.get('retention.ms'), (ms) => `${Math.round(ms / 3_600_000)} h`),
    limit('up to', config.get('retention.bytes'), (bytes) => `${bytes} bytes a partition`),
  ].filter((each) => each !== null);
  const found = `cleanup.policy ${policy}, events are kept ${limits.length === 0 ? 'without limit' : limits.join(' and ')}`;
  return policy.includes('compact')
    ? ['doubtful', found, 'compaction removes older events of a key: what it removed cannot be replayed']
    : ['ok', found];
}

function limit(word: string, value: string | null | undefined, show: (value: number) => string): string | null {
  const number = Number(value ?? -1);
  return number < 0 ? null : `${word} ${show(number)}`;
}

function refuseCodes(answers: readonly { readonly errorCode: number }[]): void {
  const refused = answers.find(({ errorCode }) => errorCode !== 0);
  if (refused !== undefined) throw protocolError(refused.errorCode);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
