// Projects transfers with emmett's SQLite consumer in its default loop: node emmett-child.mjs PEER_FOLDER DATABASE EVENTS.
// Sends { ms }: the time of the consumer alone.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measured } from './measured.mjs';
import { accounts } from './transfers-archive.mjs';
import { openingAccount, pay, receive, transferText } from './transfers.mjs';

const [folder, fileName, events] = process.argv.slice(2);
const resolve = createRequire(join(folder, 'package.json')).resolve;
const emmett = await import(pathToFileURL(resolve('@event-driven-io/emmett-sqlite')).href);
const store = emmett.getSQLiteEventStore({ fileName, schema: { autoMigration: 'CreateOrUpdate' } });
const count = Number(events);
for (let n = 0; n < count; n += 500) {
  const batch = Array.from({ length: Math.min(500, count - n) }, (_, index) => ({
    type: 'Transferred',
    data: JSON.parse(transferText(n + index, accounts)),
  }));
  await store.appendToStream(`transfers-${n}`, batch);
}
const tables = emmett.sqliteConnection({ fileName });
await tables.command('CREATE TABLE IF NOT EXISTS account (key TEXT PRIMARY KEY, state TEXT NOT NULL)');
tables.close();

async function load(connection, key) {
  const row = await connection.querySingle('SELECT state FROM account WHERE key = ?', [key]);
  return row ? JSON.parse(row.state) : openingAccount;
}

async function save(connection, key, state) {
  const upsert = 'INSERT INTO account VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET state = excluded.state';
  await connection.command(upsert, [key, JSON.stringify(state)]);
}

let handled = 0;
const consumer = store.consumer();
consumer.processor({
  processorId: 'accounts',
  startFrom: 'BEGINNING',
  stopAfter: () => handled === count,
  async eachMessage({ data: transfer }, { connection }) {
    if (handled++ === 0) {
      const { synchronous } = await connection.querySingle('PRAGMA synchronous');
      if (synchronous !== 2) throw new Error(`synchronous is ${synchronous}, not FULL`);
    }
    const payer = pay(await load(connection, transfer.from), transfer);
    await save(connection, transfer.from, payer);
    await save(connection, transfer.to, receive(await load(connection, transfer.to), payer, transfer));
  },
});
const { ms } = await measured(() => consumer.start());
if (handled !== count) throw new Error(`${handled} of ${count} events were projected`);
await consumer.close();
process.send({ ms });
process.disconnect();
