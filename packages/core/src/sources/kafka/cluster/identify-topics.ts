import type { Kafka } from 'kafkajs';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { createKafkajsCluster, sendRawRequest } from '../kafkajs/private-members.js';
import { connectBroker } from '../kafkajs/broker-connections.js';
import { metadataRequest } from '../protocol/metadata-request.js';

/** Which topics these are, whatever their names: what the identity of their events is made of. */
export interface IdentifiedTopics {
  readonly clusterId: string;
  /** The id of each topic by its name. */
  readonly topicIds: ReadonlyMap<string, string>;
}

/**
 * Asks the cluster of a kafkajs client for its id and those of the topics.
 * @throws RecoveryError `kafka-incompatible` for brokers that know no ids of topics (before Kafka 3.1), or another kafkajs;
 *   `kafka-topic-not-found`; what kafkajs throws where no broker answers
 */
export async function identifyTopics(kafka: Kafka, topics: readonly string[]): Promise<IdentifiedTopics> {
  const cluster = createKafkajsCluster(kafka);
  try {
    await cluster.connect();
    const broker = cluster.brokerPool.seedBroker;
    if (broker === undefined) throw unknownIds('no broker is connected');
    await connectBroker(broker);
    const answer = await sendRawRequest(broker, metadataRequest(topics));
    const topicIds = new Map(answer.topics.map(({ name, id }) => [name, id]));
    for (const topic of topics) {
      if (answer.topics.find(({ name }) => name === topic)?.errorCode !== 0) {
        throw new RecoveryError('kafka-topic-not-found', `the Kafka cluster has no topic ${topic}`, {
          hint: 'make the topic before its consumer is started',
        });
      }
    }
    return { clusterId: answer.clusterId, topicIds };
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
}

function unknownIds(why: string): RecoveryError {
  return new RecoveryError('kafka-incompatible', `the topics cannot be identified: ${why}`, {
    hint: 'brokers from Kafka 3.1 on tell the ids of topics',
  });
}
