import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresOrSkip, startPostgres, type PostgresServer } from '@eventmend/test-services';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { spawnEventmend, type Ended } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const describeWithPostgres = await postgresOrSkip(describe);

/** 90 payments of three accounts in two partitions; an account keeps to one of them. */
const payments = Array.from({ length: 90 }, (_, n) => ({
  partition: n % 3 === 2 ? 1 : 0,
  offset: n % 3 === 2 ? Math.floor(n / 3) : n - Math.floor(n / 3),
  key: ['ada', 'bob', 'cyd'][n % 3] ?? '',
  time: 1_767_225_600_000 + n * 1000,
  value: { cents: n },
}));

/** What the accounts come to after some of the payments: a plain loop. */
function balancesAfter(count: number, isCounted: (cents: number) => boolean = () => true) {
  const balances: Record<string, { cents: number; payments: number }> = {};
  for (const { key, value } of payments.slice(0, count)) {
    const { cents, payments } = balances[key] ?? { cents: 0, payments: 0 };
    balances[key] = { cents: cents + (isCounted(value.cents) ? value.cents : 0), payments: payments + 1 };
  }
  return balances;
}

const valuesOf = (balances: ReturnType<typeof balancesAfter>): string =>
  Object.entries(balances)
    .map(([account, { cents, payments }]) => `('${account}', ${cents}, ${payments})`)
    .join(', ');

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts', version: '1.0.0', locality: 'partition',
  key: (event) => event.key, initial: () => ({ cents: 0, payments: 0 }),
  evolve: ({ cents, payments }, { value }) => ({ cents: cents + value.cents, payments: payments + 1 }),
});
`;

const stateOf = (table: string): string => `
    postgres: { url: { env: SHOP_DATABASE } }
    query: SELECT account, cents, payments FROM ${table} ORDER BY account
    position_query: SELECT topic, partition, next_offset FROM ${table}_positions
    mapping: { key: account, state: { columns: { cents: { column: cents, type: integer }, payments: { column: payments, type: integer } } } }`;

const incident = `format_version: 1
name: accounts
worker: ./worker.mjs
log:
  ndjson: [log.ndjson]
  mapping: { source: accounts-log, topic: payments, partition: partition, offset: offset, key: key, time: { column: time, unit: milliseconds }, value: { column: value } }
snapshots:
  - id: nightly${stateOf('nightly')}
trusted: [nightly]
live:
  state:${stateOf('balances')}
onset: '2026-01-01T00:01:00Z'
`;

describeWithPostgres('an incident whose states are in a PostgreSQL database', () => {
  let server: PostgresServer;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgres();
    // The nightly copy was taken after 60 payments. Since then the service has lost what is 70 cents or more.
    await server.query(`
      CREATE TABLE nightly (account text, cents bigint, payments int);
      INSERT INTO nightly VALUES ${valuesOf(balancesAfter(60))};
      CREATE TABLE balances (account text, cents bigint, payments int);
      INSERT INTO balances VALUES ${valuesOf(balancesAfter(90, (cents) => cents < 70))};
      CREATE TABLE nightly_positions (topic text, partition int, next_offset bigint);
      INSERT INTO nightly_positions VALUES ('payments', 0, 40), ('payments', 1, 20);
      CREATE TABLE balances_positions (topic text, partition int, next_offset bigint);
      INSERT INTO balances_positions VALUES ('payments', 0, 60), ('payments', 1, 30)`);
  });
  afterAll(() => server?.stop());
  beforeEach(() => temporaryFolder((path) => (folder = path)));

  /** The log no longer has what is in the nightly copy. */
  function layOut(): void {
    writeFileSync(join(folder, 'worker.mjs'), worker);
    writeFileSync(
      join(folder, 'log.ndjson'),
      payments
        .slice(60)
        .map((payment) => JSON.stringify(payment) + '\n')
        .join(''),
    );
    writeFileSync(join(folder, 'accounts.incident.yaml'), incident);
  }

  const run = (...words: string[]): Promise<Ended> =>
    spawnEventmend(folder, words, { env: { SHOP_DATABASE: server.url } });

  /** Everything that was written into the folder and printed. */
  function expectNoPassword(...ended: readonly Ended[]): void {
    for (const { out, err } of ended) expect(out + err).not.toContain(server.password);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(2);
    for (const { parentPath, name } of files) {
      expect(readFileSync(join(parentPath, name)).includes(server.password), name).toBe(false);
    }
  }

  it('is shown by doctor, with the first rows', async () => {
    layOut();
    const doctor = await run('doctor', 'accounts.incident.yaml');
    expect(doctor.out).toContain(`3 keys of postgres 127.0.0.1:${server.port}/postgres`);
    expect(doctor.out).toContain('{"account":"ada","cents":"570","payments":"20"}');
    expect(doctor.out).toContain('key "ada", state {"cents":570,"payments":20}');
    expect(doctor.code, doctor.out + doctor.err).toBe(0);
    expectNoPassword(doctor);
  });

  it.each(['checkpoint', 'log-replay'])(
    'is recovered with the strategy %s, and equals what it should be',
    async (strategy) => {
      layOut();
      const recover = await run('recover', '--strategy', strategy, '--yes', '--json');
      expect(recover.code, recover.err).toBe(0);
      const { run: report } = publishedSchemas['recover.output'].parse(JSON.parse(recover.out));
      expect(report?.totals).toMatchObject({ applied: 30 });
      const verify = await run('verify', report?.runId ?? '');
      expect(verify.code, verify.out + verify.err).toBe(0);
      await run('export', report?.runId ?? '', '--what', 'state', '--out', 'state.ndjson');
      const lines = readFileSync(join(folder, 'state.ndjson'), 'utf8').trim().split('\n');
      const states = lines.map((line) => JSON.parse(line) as { readonly key?: string; readonly state?: unknown });
      const byKey = Object.fromEntries(states.flatMap(({ key, state }) => (key === undefined ? [] : [[key, state]])));
      expect(byKey).toEqual(balancesAfter(90));
      expectNoPassword(recover, verify);
    },
    600_000,
  );

  it('says that the server does not answer', async () => {
    layOut();
    const url = server.url.replace(`:${server.port}/`, ':1/');
    const doctor = await spawnEventmend(folder, ['doctor', 'accounts.incident.yaml'], { env: { SHOP_DATABASE: url } });
    expect(doctor.code).toBe(16);
    expect(doctor.out).toMatch(
      /EM2014: postgres 127\.0\.0\.1:1\/postgres: the server cannot be reached\s+\(ECONNREFUSED\)/,
    );
    expectNoPassword(doctor);
  });
});
