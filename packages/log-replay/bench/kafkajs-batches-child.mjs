// What a service does that keeps its states in SQLite: node kafkajs-batches-child.mjs JOB, JOB being { bootstrap, topic, events,
// file } as JSON. Reads batches, folds them, and commits the changed states and the position every 50,000 events. Sends
// { ms, cpuMs }, from connecting to the last commit.
import Database from 'better-sqlite3';
import { Kafka } from 'kafkajs';
import { measured } from './measured.mjs';
import { openingAccount, pay, receive } from './transfers.mjs';

const { bootstrap, topic, events, file } = JSON.parse(process.argv[2]);
const commitEvery = 50_000;

const took = await measured(async () => {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`CREATE TABLE account (key TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE position (partition INTEGER PRIMARY KEY, next TEXT NOT NULL)`);
  const writeState = database.prepare('INSERT OR REPLACE INTO account VALUES (?, ?)');
  const writePosition = database.prepare('INSERT OR REPLACE INTO position VALUES (?, ?)');
  const accounts = new Map();
  const changed = new Set();
  const positions = new Map();
  const commit = database.transaction(() => {
    for (const key of changed) writeState.run(key, JSON.stringify(accounts.get(key)));
    for (const [partition, next] of positions) writePosition.run(partition, next);
  });
  const kafka = new Kafka({ brokers: [bootstrap], logCreator: () => () => undefined });
  const consumer = kafka.consumer({ groupId: `batches-${process.pid}`, maxBytesPerPartition: 4e6, maxBytes: 16e6 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let handled = 0;
  await new Promise((resolve) => {
    void consumer.run({
      eachBatchAutoResolve: true,
      async eachBatch({ batch }) {
        for (const { value, offset } of batch.messages) {
          const transfer = JSON.parse(value.toString());
          const payer = pay(accounts.get(transfer.from) ?? openingAccount, transfer);
          accounts.set(transfer.from, payer);
          accounts.set(transfer.to, receive(accounts.get(transfer.to) ?? openingAccount, payer, transfer));
          changed.add(transfer.from).add(transfer.to);
          handled++;
          if (handled % commitEvery !== 0 && handled !== events) continue;
          positions.set(batch.partition, String(BigInt(offset) + 1n));
          commit();
          changed.clear();
          if (handled === events) resolve();
        }
        positions.set(batch.partition, String(BigInt(batch.lastOffset()) + 1n));
      },
    });
  });
  // Leaving a group and closing connections is no part of the work.
  void consumer.disconnect();
  database.close();
});
process.send(took, () => process.exit(0));
