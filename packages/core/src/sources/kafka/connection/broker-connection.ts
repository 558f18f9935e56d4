import type { Kafka } from 'kafkajs';
import type { BrokerAddress } from './broker-address.js';
import { createKafkajsCluster, requestDefinitions } from '../kafkajs/private-members.js';

/** The requests that only look, by their names in kafkajs. */
type LookingRequest = 'Metadata' | 'ListOffsets' | 'Fetch' | 'DescribeConfigs' | 'GroupCoordinator' | 'OffsetFetch';

/** A connection to exactly one broker, signed in. */
export interface BrokerConnection {
  /** The answer with all of its error codes: one topic that is refused does not hide the others. */
  ask(name: LookingRequest, body: object): Promise<unknown>;
  close(): Promise<void>;
}

/** Connects to this broker and no other, whatever the cluster says of itself, and signs in. Errors are those of kafkajs. */
export async function connectToBroker(kafka: Kafka, address: BrokerAddress): Promise<BrokerConnection> {
  const cluster = createKafkajsCluster(kafka);
  const { keys, definitions } = requestDefinitions();
  const connectionPool = await cluster.connectionPoolBuilder.build({ host: address.host, port: address.port });
  const broker = cluster.brokerPool.createBroker({ connectionPool, logger: cluster.rootLogger });
  try {
    await broker.connect();
  } catch (error) {
    await broker.disconnect().catch(() => undefined);
    throw error;
  }
  return {
    ask: async (name, body) => {
      const { request, response } = broker.lookupRequest(keys[name] ?? -1, definitions[name])(body);
      const parse = (decoded: unknown): unknown => decoded;
      return broker.connectionPool.send({ request, response: { decode: response.decode, parse } });
    },
    close: () => broker.disconnect(),
  };
}
