import { postgresOrSkip, startPostgres, type PostgresServer } from '@eventmend/test-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { positionToJson } from '../../src/model/position/position.js';
import { openLocator } from '../../src/sources/log/open-locator.js';
import type { SnapshotRow, SnapshotSource } from '../../src/model/snapshots/snapshot-source.js';
import { openRecordedOutputs } from '../../src/sources/records/open-records.js';
import { describeSnapshotSourceContract } from '../../src/testing/snapshot-source-contract.js';
import { openRowSnapshots } from '../../src/sources/snapshots/rows/open-row-snapshots.js';
import type { RowSnapshot } from '../../src/sources/snapshots/rows/row-snapshot.js';

const describeWithPostgres = await postgresOrSkip(describe);
const variable = 'EVENTMEND_TEST_SNAPSHOT_URL';

const balances: RowSnapshot = {
  id: 'nightly',
  rows: {
    kind: 'postgres',
    url: { env: variable },
    query: 'SELECT account, cents FROM balances ORDER BY account',
    positionQuery: 'SELECT topic, partition, next_offset FROM positions',
  },
  mapping: {
    key: 'account',
    state: { form: 'columns', columns: [{ field: 'cents', column: 'cents', type: 'integer' }] },
  },
  position: null,
  takenAt: null,
  stateVersion: 1,
  worker: null,
};

async function rowsOf(source: SnapshotSource): Promise<readonly SnapshotRow[]> {
  const rows: SnapshotRow[] = [];
  for await (const row of source.rows('nightly')) rows.push(row);
  return rows;
}

describeWithPostgres('a state in a PostgreSQL database', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
    await server.query(`
      CREATE TABLE balances (account text PRIMARY KEY, cents bigint);
      INSERT INTO balances VALUES ('007', 750), ('008', NULL);
      CREATE TABLE positions (topic text, partition int, next_offset bigint);
      INSERT INTO positions VALUES ('orders', 1, 9), ('orders', 0, 12)`);
    process.env[variable] = server.url;
  });
  afterAll(async () => {
    Reflect.deleteProperty(process.env, variable);
    await server?.stop();
  });

  describeSnapshotSourceContract({ describe, it, expect }, 'rows of PostgreSQL', async (snapshots) => {
    const tables = snapshots.map((snapshot, index) => ({ ...snapshot, table: `contract_${index}` }));
    const literal = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'`;
    for (const { table, rows } of tables) {
      const states = rows.map((row) => `(${literal(row)})`);
      await server.query(`
        DROP TABLE IF EXISTS ${table};
        CREATE TABLE ${table} (seq serial, made json);
        ${states.length === 0 ? '' : `INSERT INTO ${table} (made) VALUES ${states.join(', ')};`}`);
    }
    return {
      source: openRowSnapshots(
        tables.map(({ rows: _, position, table, ...rest }) => ({
          ...rest,
          rows: {
            kind: 'postgres',
            url: { env: variable },
            query: `SELECT made->>'key' AS key, made->'state' AS state FROM ${table} ORDER BY seq`,
          },
          mapping: { key: 'key', state: { form: 'column', column: 'state', type: 'json' } },
          position: position === null ? null : positionToJson(position),
        })),
      ),
    };
  });

  it('is mapped as CSV is, and stands at the position of the same moment', async () => {
    const source = openRowSnapshots([balances], { defaultSource: 'shop' });
    const { snapshots, damaged } = await source.list();
    expect(damaged).toEqual([]);
    expect(snapshots[0]).toMatchObject({
      id: 'nightly',
      location: `postgres 127.0.0.1:${server.port}/postgres`,
      takenAt: null,
      keys: 2,
      position: [
        { source: 'shop', topic: 'orders', partition: 0, next: 12 },
        { source: 'shop', topic: 'orders', partition: 1, next: 9 },
      ],
    });
    expect(snapshots[0]).not.toHaveProperty('completeness');
    expect(await rowsOf(source)).toEqual([
      { key: '007', state: { cents: 750 } },
      { key: '008', state: { cents: null } },
    ]);
  });

  it('is opened by another thread without its secret', async () => {
    const { locator } = openRowSnapshots([balances]);
    const carried = JSON.stringify(locator);
    expect(carried).not.toContain(server.password);
    expect(await rowsOf(await openLocator<SnapshotSource>(JSON.parse(carried)))).toHaveLength(2);
  });

  it('is refused where a later reading gives other rows', async () => {
    const source = openRowSnapshots([balances]);
    await source.list();
    await server.query(`UPDATE balances SET cents = cents + 1`);
    await expect(rowsOf(source)).rejects.toMatchObject({
      code: 'invalid-snapshot',
      message: expect.stringMatching(/^postgres .* gave other rows for snapshot "nightly" than before/),
    });
  });

  it('that cannot be had is listed as damaged, with the reason', async () => {
    const secretless = { ...balances, rows: { ...balances.rows, url: { env: 'EVENTMEND_NOT_SET' } } } as RowSnapshot;
    const broken = { ...balances, rows: { ...balances.rows, query: 'SELECT account FROM nothing' } } as RowSnapshot;
    const doubled = {
      ...balances,
      rows: { ...balances.rows, query: `SELECT 'a' AS account, 1 AS cents FROM balances` },
    };
    const { snapshots, damaged } = await openRowSnapshots([secretless, broken, doubled]).list();
    expect(snapshots).toEqual([]);
    expect(damaged.map(({ location }) => location)).toEqual([
      'postgres',
      `postgres 127.0.0.1:${server.port}/postgres`,
      `postgres 127.0.0.1:${server.port}/postgres`,
    ]);
    expect(damaged.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/EVENTMEND_NOT_SET is not set/),
      expect.stringMatching(/relation "nothing" does not exist/),
      expect.stringMatching(/row 2: key "a" is there twice/),
    ]);
  });

  it('records of the service are read in the same way', async () => {
    await server.query(`CREATE TABLE outbox (id text, account text, cents bigint, part int, at bigint);
      INSERT INTO outbox VALUES ('m-1', '007', 500, 0, 0), ('m-2', '008', 120, 0, 1)`);
    const outputs = openRecordedOutputs(
      { kind: 'postgres', url: { env: variable }, query: 'SELECT * FROM outbox ORDER BY id' },
      {
        output: { constant: 'balance' },
        key: 'account',
        value: { form: 'columns', columns: [{ field: 'open', column: 'cents', type: 'integer' }] },
        event: { topic: { constant: 'orders' }, partition: { column: 'part' }, offset: 'at' },
        id: 'id',
      },
      { order: null, from: null, until: null },
    );
    const records: unknown[] = [];
    for await (const batch of outputs.read()) records.push(...batch);
    expect(records).toEqual([
      expect.objectContaining({ key: '007', value: { open: 500 }, businessId: 'm-1' }),
      expect.objectContaining({ key: '008', value: { open: 120 }, businessId: 'm-2' }),
    ]);
    expect(await outputs.describe()).toMatchObject({ digest: null, order: 'handling' });
    outputs.close();
  });
});
