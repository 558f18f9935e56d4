import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { memoryOutbox } from './memory-outbox.js';

const notLeader = 6;
const place = { topic: 'out', partition: 0, transactionalId: 'eventmend-test' };
const [batch] = memoryOutbox([{ key: 'k', value: 'v', guarded: false }], 1).batches(0);

const asked: number[] = [];
/** Who leads, and who did when a client asked last. */
const leads = { now: 1, known: 1 };
/** A connection that was broken counts as one until its socket has told so. */
let broken = false;

const brokerOf = (nodeId: number) => ({
  nodeId,
  versions: {},
  isConnected: () => true,
  connectionPool: {
    getConnection: () => Promise.resolve(),
    pool: [
      {
        socket: {
          destroy() {
            broken = true;
            setTimeout(() => (broken = false), 1);
          },
        },
      },
    ],
  },
  initProducerId: () => Promise.resolve({ producerId: '7', producerEpoch: 0 }),
  addPartitionsToTxn: () => Promise.resolve(),
});

vi.mock('../../src/sources/kafka/kafkajs/private-members.js', async (original) => ({
  ...(await original<object>()),
  createKafkajsCluster: () => {
    const brokers = { 1: brokerOf(1), 2: brokerOf(2) };
    let met = false;
    const refreshMetadata = () => {
      if (broken) return Promise.reject(new Error('Closed connection'));
      leads.known = leads.now;
      return Promise.resolve();
    };
    return {
      brokerPool: { seedBroker: undefined, brokers },
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      addMultipleTargetTopics: () => (met ? Promise.resolve() : ((met = true), refreshMetadata())),
      refreshMetadata,
      findTopicPartitionMetadata: () => [{ partitionId: 0, leader: leads.known }],
      findBroker: ({ nodeId }: { nodeId: 1 | 2 }) => Promise.resolve(brokers[nodeId]),
      findGroupCoordinator: () => Promise.resolve(brokers[1]),
    };
  },
  sendRawRequest: ({ nodeId }: { nodeId: number }) => {
    asked.push(nodeId);
    return Promise.resolve(nodeId === leads.now ? { errorCode: 0, baseOffset: 0 } : { errorCode: notLeader });
  },
}));

let openTransactionClient: (typeof import('../../src/sources/kafka/publish/transaction-client.js'))['openTransactionClient'];
let PassingFailure: (typeof import('../../src/sources/kafka/cluster/patience.js'))['PassingFailure'];

// Files of tests share modules: one that another file has loaded would not meet what stands in for kafkajs here.
beforeAll(async () => {
  vi.resetModules();
  ({ openTransactionClient } = await import('../../src/sources/kafka/publish/transaction-client.js'));
  ({ PassingFailure } = await import('../../src/sources/kafka/cluster/patience.js'));
});
afterAll(() => void vi.resetModules());

beforeEach(() => {
  asked.length = 0;
  Object.assign(leads, { now: 1, known: 1 });
});

test('a new session asks who leads, where the one before broke its connections', async () => {
  const client = openTransactionClient({ brokers: ['127.0.0.1:9092'] });
  const first = await client.fence(place);
  leads.now = 2;
  await expect(first.send([batch!])).rejects.toBeInstanceOf(PassingFailure);
  await first.discard();
  // What cannot learn who leads is no session: it does not go on with what was known before.
  await expect(client.fence(place)).rejects.toBeInstanceOf(PassingFailure);
  await vi.waitFor(() => expect(broken).toBe(false));
  const second = await client.fence(place);
  expect(await second.send([batch!])).toEqual({ from: 0, to: 1 });
  expect(asked).toEqual([1, 2]);
  await client.close();
});
