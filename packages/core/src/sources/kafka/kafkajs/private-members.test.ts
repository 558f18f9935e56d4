import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { Kafka } from 'kafkajs';
import { expect, test } from 'vitest';
import type { KafkajsBroker } from './kafkajs-types.js';
import { createKafkajsCluster, kafkajsFile, sendRawRequest } from './private-members.js';

const request = { api: 3, version: 12, name: 'Metadata', body: Buffer.alloc(0), read: () => ({}) };

test('the private members of the installed kafkajs are where they are looked for', async () => {
  const cluster = createKafkajsCluster(new Kafka({ brokers: ['127.0.0.1:1'], logCreator: () => () => undefined }));
  expect(typeof cluster.connect).toBe('function');
  expect(typeof cluster.brokerPool.createBroker).toBe('function');
  const pool = { send: () => Promise.resolve('sent') };
  const logger = { namespace: () => ({}) };
  const broker = cluster.brokerPool.createBroker({ connectionPool: pool, logger });
  expect(await sendRawRequest(broker, request)).toBe('sent');
});

test('another version of kafkajs is an error that names the right one', async () => {
  const otherKafka = {} as unknown as Kafka;
  const otherBroker = {} as unknown as KafkajsBroker;
  const calls = [
    () => createKafkajsCluster(otherKafka),
    () => sendRawRequest(otherBroker, request),
    () => kafkajsFile('kafkajs/src/nowhere.js'),
  ];
  for (const call of calls) {
    let error: unknown;
    try {
      await call();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RecoveryError);
    expect((error as RecoveryError).code).toBe('kafka-incompatible');
    expect((error as RecoveryError).hint).toContain('kafkajs@2.2.4');
  }
});
