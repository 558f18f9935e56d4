// What a service does without us: node kafkajs-loop-child.mjs JOB, JOB being { bootstrap, topic, rebuilt, messages } as JSON. Reads a
// message, folds it, sends its output and waits for all replicas. Sends { ms }, from the first message on.
import { performance } from 'node:perf_hooks';
import { Kafka } from 'kafkajs';
import { movement, openingAccount, pay, receive } from './transfers.mjs';

const { bootstrap, topic, rebuilt, messages } = JSON.parse(process.argv[2]);
const kafka = new Kafka({ brokers: [bootstrap], logCreator: () => () => undefined });
const producer = kafka.producer({ allowAutoTopicCreation: false });
const consumer = kafka.consumer({ groupId: `loop-${process.pid}` });
await producer.connect();
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
const accounts = new Map();
let handled = 0;
let started = null;
const done = new Promise((resolve) => {
  void consumer.run({
    async eachMessage({ message }) {
      if (handled >= messages) return;
      started ??= performance.now();
      const transfer = JSON.parse(message.value.toString());
      const payer = pay(accounts.get(transfer.from) ?? openingAccount, transfer);
      const payee = receive(accounts.get(transfer.to) ?? openingAccount, payer, transfer);
      accounts.set(transfer.from, payer).set(transfer.to, payee);
      const value = JSON.stringify(movement(transfer, payer, payee));
      await producer.send({ topic: rebuilt, acks: -1, messages: [{ key: String(transfer.from), value }] });
      if (++handled === messages) resolve(performance.now() - started);
    },
  });
});
const ms = await done;
await consumer.disconnect();
await producer.disconnect();
process.send({ ms });
process.disconnect();
