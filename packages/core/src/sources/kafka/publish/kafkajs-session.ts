import type { Producer, Transaction } from 'kafkajs';
import { PassingFailure } from '../cluster/patience.js';
import { createKafkaClient } from '../connection/kafka-client.js';
import type { KafkaSettings } from '../connection/kafka-settings.js';
import { decodeRecords } from '../batches/decode-records.js';
import { headersOf, keyOf, RecordColumns, valueOf } from '../batches/record-columns.js';
import { recordBatches } from '../batches/record-batch.js';
import type { WrittenBatch } from '../batches/batch-writer.js';
import { sessionFailure, type PublishingPlace } from './session-failure.js';
import { openTransactionClient, transactionTimeoutMs, type TransactionClient } from './transaction-client.js';

/**
 * The same through kafkajs' own producer, several times slower: for brokers that do not speak our requests, and to hold
 * ours against. A producer is used until its first failure and never again: kafkajs takes its sequence numbers back when a
 * send fails, and cannot undo a transaction whose commit failed.
 */
export function openKafkajsTransactionClient(
  settings: KafkaSettings,
  limits: { readonly timeoutMs?: number } = {},
): TransactionClient {
  const kafka = createKafkaClient(settings, { retries: 2 });
  const open = new Set<Producer>();

  function newProducer(transactionalId: string): Producer {
    const producer = kafka.producer({
      transactionalId,
      maxInFlightRequests: 1,
      idempotent: true,
      transactionTimeout: limits.timeoutMs ?? transactionTimeoutMs,
      allowAutoTopicCreation: false,
      // A fresh coordinator, or one that ends the transaction before, is ready in a moment.
      retry: { initialRetryTime: 10, maxRetryTime: 500, retries: 40 },
    });
    open.add(producer);
    return producer;
  }

  return {
    async fence(at) {
      const place: PublishingPlace = { ...at, brokers: settings.brokers, settings };
      const { topic, partition, transactionalId } = place;
      let producer = newProducer(transactionalId);
      let transaction: Transaction | null = null;
      const told = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
        try {
          return await work();
        } catch (error) {
          throw sessionFailure(error, place);
        }
      };
      const begin = async (): Promise<Transaction> => (transaction ??= await producer.transaction());
      const start = async (): Promise<void> => {
        await producer.connect();
        // kafkajs asks for its producer id with the first transaction; nothing is sent in it yet.
        await begin();
      };
      const giveUp = async (): Promise<void> => {
        open.delete(producer);
        await producer.disconnect().catch(() => undefined);
      };

      /** kafkajs has nothing to say of a transaction in which nothing was sent, so our own requests do. */
      async function undoEmpty(): Promise<void> {
        await giveUp();
        const client = openTransactionClient(settings, limits);
        try {
          await (await client.fence(at)).abort();
        } finally {
          await client.close();
        }
        producer = newProducer(transactionalId);
        await start();
      }

      let hasSent = false;
      await told(start);
      return {
        send: (batches) =>
          told(async () => {
            const current = await begin();
            hasSent = true;
            const places: { from: number; to: number }[] = [];
            for (const batch of batches) {
              const messages = messagesOf(batch, partition);
              const [answer] = await current.send({ topic, messages, acks: -1 });
              const from = Number(answer?.baseOffset ?? -1);
              if (from < 0) throw new PassingFailure('the broker takes a batch for a repetition');
              places.push({ from, to: from + batch.count });
            }
            return {
              from: Math.min(...places.map(({ from }) => from)),
              to: Math.max(...places.map(({ to }) => to)),
            };
          }),
        commit: () =>
          told(async () => {
            await transaction?.commit();
            transaction = null;
            hasSent = false;
          }),
        abort: () =>
          told(async () => {
            const current = transaction;
            transaction = null;
            if (!hasSent) return undoEmpty();
            await current?.abort();
            hasSent = false;
          }),
        discard: giveUp,
      };
    },
    async close() {
      await Promise.all([...open].map((producer) => producer.disconnect().catch(() => undefined)));
    },
  };
}

function messagesOf({ bytes }: WrittenBatch, partition: number) {
  const columns = new RecordColumns();
  for (const batch of recordBatches(bytes)) decodeRecords(batch, columns);
  return columns.offsets.map((_, index) => ({
    partition,
    key: keyOf(columns, index),
    value: valueOf(columns, index),
    timestamp: String(columns.times[index]),
    headers: Object.fromEntries(
      (headersOf(columns, index) ?? []).map(([name, value]) => [name, Buffer.from(value ?? [])]),
    ),
  }));
}
