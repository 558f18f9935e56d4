import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

/**
 * `node dist/service.js [--version 1.0.0|1.1.0] [--state FILE] [--brokers HOST:PORT]`: the service, a plain consumer of
 * kafkajs that knows nothing of Eventmend. It reads `events_topic`, keeps the balance of each account in memory and in a
 * file, and writes what it made of each payment into `processed_events_topic`. 1.1.0 is the faulty version.
 */
const { values } = parseArgs({
  options: {
    version: { type: 'string', default: '1.0.0' },
    state: { type: 'string', default: 'data/balances.json' },
    brokers: { type: 'string', default: process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092' },
  },
});
const faulty = values.version === '1.1.0';
const balances: Record<string, number> = existsSync(values.state)
  ? (JSON.parse(readFileSync(values.state, 'utf8')) as Record<string, number>)
  : {};
mkdirSync(dirname(values.state), { recursive: true });
const keepState = (): void => {
  writeFileSync(values.state, JSON.stringify(balances));
};

const kafka = new Kafka({ clientId: 'payments', brokers: values.brokers.split(','), logLevel: logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();
const consumer = kafka.consumer({ groupId: 'payments-service' });
await consumer.connect();
await consumer.subscribe({ topics: ['events_topic'], fromBeginning: true });
let handled = 0;
/** Says how far it is, once it has had nothing to do for a while. */
let quiet: NodeJS.Timeout | undefined;
const told = (count: number): void => {
  clearTimeout(quiet);
  quiet = setTimeout(() => console.log(`${count} payments handled since the start, waiting for more`), 2000);
};
await consumer.run({
  autoCommitThreshold: 100,
  async eachMessage({ partition, message }) {
    const { account, type, cents } = JSON.parse(String(message.value)) as {
      account: string;
      type: string;
      cents: number;
    };
    told(++handled);
    // The error: amounts above 80.00 are taken for mistakes and dropped, and refunds are booked as payments.
    if (faulty && cents > 8000) return;
    const signed = type === 'refunded' && !faulty ? -cents : cents;
    balances[account] = (balances[account] ?? 0) + signed;
    await producer.send({
      topic: 'processed_events_topic',
      acks: -1,
      messages: [
        {
          key: account,
          value: JSON.stringify({ account, cents: signed, balanceCents: balances[account] }),
          headers: { event_partition: String(partition), event_offset: message.offset },
        },
      ],
    });
    if (handled % 100 === 0) keepState();
  },
});

const stop = async (): Promise<void> => {
  await consumer.disconnect();
  await producer.disconnect();
  keepState();
  clearTimeout(quiet);
  console.log(`stopped at ${new Date().toISOString()}, ${handled} payments handled`);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  });
}
