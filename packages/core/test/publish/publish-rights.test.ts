import { kafkaOrSkip, readCommitted, startKafkaBroker, type KafkaBroker } from '@eventmend/test-services';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRecoveryError } from '../../src/model/errors/recovery-error.js';
import type { MissingAcl } from '../../src/sources/kafka/connection/missing-acl.js';
import { openOutputTopic, type OutputTopic } from '../../src/sources/kafka/publish/open-output-topic.js';
import { newTopic, withAdmin } from '../kafka/cluster-for-tests.js';
import { memoryOutbox } from './memory-outbox.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const passwordVariable = 'EVENTMEND_TEST_PUBLISHER';
const user = { name: 'publisher', password: 'planted-5c1' };

describeWithKafka('the rights that publishing needs', () => {
  let broker: KafkaBroker;
  let name: string;
  beforeAll(async () => {
    process.env[passwordVariable] = user.password;
    const users = [{ ...user, mechanisms: ['plain'] as const }];
    broker = await startKafkaBroker({ security: { tls: false, users, authorizer: true } });
    name = await newTopic(broker.admin, { partitions: 2 });
  });
  afterAll(() => broker.stop());

  async function opened<Result>(action: (topic: OutputTopic) => Promise<Result>): Promise<Result> {
    const sasl = { mechanism: 'plain', username: user.name, password: { env: passwordVariable } } as const;
    const topic = await openOutputTopic({ connection: { brokers: [broker.bootstrap], sasl }, topic: name });
    try {
      return await action(topic);
    } finally {
      await topic.close();
    }
  }

  const checked = () => opened((topic) => topic.checkRights((partition) => `eventmend-rights-${partition}`));

  async function missing(): Promise<string> {
    const error = await checked().catch((thrown: unknown) => thrown);
    if (!isRecoveryError(error)) return String(error);
    const { operation, resourceType } = (error.details['missing'] ?? {}) as Partial<MissingAcl>;
    if (operation === undefined) return error.message;
    return `${error.code}: ${operation} on ${resourceType}`;
  }

  async function allow(resourceType: 'TOPIC' | 'TRANSACTIONAL_ID', operation: 'DESCRIBE' | 'READ' | 'WRITE') {
    const isTopic = resourceType === 'TOPIC';
    await withAdmin(broker.admin, (admin) =>
      admin.createAcls({
        acl: [
          {
            resourceType: AclResourceTypes[resourceType],
            resourceName: isTopic ? name : 'eventmend-',
            resourcePatternType: isTopic ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
            ...{ principal: `User:${user.name}`, host: '*' },
            operation: AclOperationTypes[operation],
            permissionType: AclPermissionTypes.ALLOW,
          },
        ],
      }),
    );
  }

  test('each that is missing is named before anything is written, and asking changes nothing', async () => {
    expect(await missing()).toBe(`the user may not look at the topic "${name}"`);
    await allow('TOPIC', 'DESCRIBE');
    expect(await missing()).toBe(`the user may not read the topic "${name}"`);
    await allow('TOPIC', 'READ');
    expect(await missing()).toBe('kafka-permission-denied: Write on transactional-id');
    // To see a transaction is not to write in it.
    await allow('TRANSACTIONAL_ID', 'DESCRIBE');
    expect(await missing()).toBe('kafka-permission-denied: Write on transactional-id');
    await allow('TRANSACTIONAL_ID', 'WRITE');
    expect(await missing()).toBe('kafka-permission-denied: Write on topic');
    await allow('TOPIC', 'WRITE');
    await checked();
    expect(await readCommitted(broker.admin, name)).toEqual([]);
    // The topic of the transactions is there by now, and hidden from this user: nothing is claimed of it, and nothing refused.
    expect(await opened((topic) => topic.transactionSettings())).toBeNull();
    const byAdmin = await openOutputTopic({ connection: { brokers: [broker.admin] }, topic: name });
    expect(await byAdmin.transactionSettings()).toMatchObject({ 'min.insync.replicas': '1' });
    await byAdmin.close();

    await opened(async (topic) => {
      const partition = topic.partition(0, 'eventmend-rights-0');
      const session = await partition.fence();
      const rows = memoryOutbox([{ key: 'k', value: 'v', guarded: false }], 1);
      await session.send([...rows.batches(0)]);
      await checked();
      await session.commit();
      await session.discard();
      await partition.close();
    });
    expect((await readCommitted(broker.admin, name)).map(({ value }) => value)).toEqual(['v']);
  }, 120_000);
});
