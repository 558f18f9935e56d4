import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { postgresOrSkip, startPostgres, type PostgresServer } from '@eventmend/test-services';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import {
  columnsOfTable,
  faultyRows,
  isLast,
  rightRows,
  valuesOf,
  writeTableIncident,
} from './publish-table-incident.js';
import { runEventmend } from './run-eventmend.js';
import { spawnEventmend, type Ended } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const kills = process.env['EVENTMEND_FULL'] === '1' ? 40 : 1;
const seed = Number(process.env['EVENTMEND_KILL_SEED'] ?? 20261129);
const describeWithPostgres = await postgresOrSkip(describe);

type Rows = readonly Readonly<Record<string, unknown>>[];

/** A database that the incident's table is in. */
interface TestDatabase {
  readonly json: string;
  readonly settings: string;
  readonly env: Readonly<Record<string, string>>;
  /** Statements that note each write of a row of the table `rebuilt`. */
  readonly noteWrites: string;
  query(sql: string): Promise<Rows>;
}

function suite(open: (folder: string) => Promise<TestDatabase>): void {
  let folder: string;
  let database: TestDatabase;
  beforeEach(() => temporaryFolder((path) => (folder = path)));
  beforeEach(async () => {
    database = await open(folder);
    for (const [name, value] of Object.entries(database.env)) vi.stubEnv(name, value);
    const columns = columnsOfTable(database.json);
    await database.query(`CREATE TABLE sent ${columns}`);
    await database.query(
      `INSERT INTO sent (id, kind, account, body, topic, part, at_offset) VALUES ${valuesOf(faultyRows())}`,
    );
    writeTableIncident(folder, database.settings);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const run = (...words: string[]): Promise<Ended> => runEventmend(folder, words);
  async function ok(...words: string[]) {
    const ended = await run(...words, '--json');
    expect(`${ended.code} ${ended.code === 0 ? '' : ended.err + ended.out}`).toBe('0 ');
    return JSON.parse(ended.out);
  }
  async function refused(what: string, ...words: string[]): Promise<void> {
    const ended = await run(...words);
    expect([ended.code, ended.err.replaceAll(/\s+/g, ' ')]).toEqual([16, expect.stringContaining(what)]);
  }
  async function recoveredRun(): Promise<string> {
    const { run: report } = await ok('recover', '--yes');
    await ok('verify', report.runId);
    return report.runId as string;
  }
  const bodyOf = (body: unknown): unknown => (typeof body === 'string' ? JSON.parse(body) : body);
  async function stored(table: string) {
    const rows = await database.query(`SELECT id, kind, account, body, note FROM ${table}`);
    return new Map(
      rows.map(({ id, kind, account, body, note }) => [id as string, { kind, account, note, body: bodyOf(body) }]),
    );
  }

  test('corrections: each row as it should be, nothing else touched, and nothing owed behind it', async () => {
    const before = await stored('sent');
    const runId = await recoveredRun();
    const dry = await ok('publish', runId, '--corrections', '--dry-run');
    expect(publishedSchemas['publish.output'].parse(dry)).toEqual(dry);
    expect(dry).toMatchObject({ destination: 'table', topic: 'sent', published: null });
    expect(await stored('sent')).toEqual(before);
    const canary = await ok('publish', runId, '--corrections', '--canary', '5', '--yes');
    expect(canary.published).toMatchObject({ complete: false, records: 5 });
    // The service puts one of the rows right by itself meanwhile, and writes another one newly.
    const owed = rightRows().filter((row) => row.kind === 'moved' && (row.of.offset + row.of.partition) % 20 === 7);
    const [own] = owed.slice(-1);
    await database.query(
      `INSERT INTO sent (id, kind, account, body, topic, part, at_offset) VALUES ${valuesOf([{ ...own!, body: { cents: 5 } }])}`,
    );
    const { published, leftAlone, rows, actions } = await ok('publish', runId, '--corrections', '--yes');
    expect(published).toMatchObject({ complete: true, records: rows - 1, dropped: 1 });
    expect(actions.retract).toBeGreaterThan(3);
    expect(leftAlone).toMatchObject({ unknown: 0, undeclared: 0, notRetractable: 0 });
    expect(leftAlone.effects).toBeGreaterThan(0);

    const after = await stored('sent');
    expect(after.get(own!.id)).toMatchObject({ body: { cents: 5 } });
    const expected = new Map(before);
    for (const row of rightRows()) {
      const { id, kind, account, body } = row;
      if (kind === 'mail' || (kind === 'balance' && !isLast(row)) || id === own!.id) continue;
      expected.set(id, { kind, account, body, note: before.get(id)?.note ?? 'of the service' });
    }
    expected.set(own!.id, after.get(own!.id)!);
    const right = new Set(rightRows().map(({ id }) => id));
    for (const id of before.keys()) if (!right.has(id)) expected.delete(id);
    expect(after).toEqual(expected);
    expect(after).not.toEqual(before);

    // Nothing more is written by the same command, and the next comparison finds nothing but what was left alone.
    const again = await ok('publish', runId, '--corrections', '--yes');
    expect(again.published).toEqual(published);
    expect(await stored('sent')).toEqual(after);
    const { counts } = await ok('corrections', runId);
    expect(counts.actions).toMatchObject({ send: 1, retract: 0 });
  });

  test(`rebuild: each row written once, killed at ${kills} moments (seed ${seed})`, async () => {
    await database.query(`CREATE TABLE rebuilt ${columnsOfTable(database.json)}`);
    for (const statement of database.noteWrites.split(';;')) await database.query(statement);
    const runId = await recoveredRun();
    const publish = ['publish', runId, '--rebuild', 'rebuilt', '--yes'];
    let random = seed;
    const next = () => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const golden = rightRows().filter(({ kind }) => kind !== 'mail');
    const written = async () => Number((await database.query('SELECT count(*) AS of FROM rebuilt'))[0]!['of']);
    let killed = 0;
    for (let n = 0; n < kills; n++) {
      // By what is written, not by the clock: a busy machine would be killed before it began.
      const until = (await written()) + 1 + next() * ((1.6 * golden.length) / (kills + 1));
      let isOver = false;
      const killWhenWritten = async (kill: (signal: NodeJS.Signals) => void) => {
        while (!isOver && (await written()) < until) await sleep(20);
        if (!isOver) kill('SIGKILL');
      };
      const ended = await spawnEventmend(folder, [...publish, '--max-rate', '300 events/s'], {
        onSpawn: (kill) => void killWhenWritten(kill),
      });
      isOver = true;
      // What is written between two looks counts too: it may be done before all of them.
      if (ended.signal !== 'SIGKILL') break;
      killed++;
      if (killed > 1) continue;
      // A killed publisher leaves its outbox as it was in the middle; a report reads it, and claims nothing of what was sent.
      await ok('report', runId, '--format', 'json', '--out', 'killed.json');
      const { publications } = JSON.parse(readFileSync(join(folder, 'killed.json'), 'utf8'));
      expect(publications).toMatchObject([{ mode: 'rebuild', name: 'rebuilt', rows: golden.length, readBack: null }]);
    }
    expect(killed).toBeGreaterThan(0);
    const { published, rows } = await ok(...publish);
    expect([published.complete, published.records, rows]).toEqual([true, golden.length, golden.length]);
    expect(await stored('rebuilt')).toEqual(
      new Map(golden.map(({ id, kind, account, body }) => [id, { kind, account, body, note: 'of the service' }])),
    );
    const writes = await database.query('SELECT id FROM writes');
    expect(writes.length).toBe(golden.length);
    await refused('the table that the service writes to', 'publish', runId, '--rebuild', 'sent', '--yes');
  });

  test('a table that cannot take the rows is refused before anything is written', async () => {
    const runId = await recoveredRun();
    const rebuild = (table: string) => ['publish', runId, '--rebuild', table, '--yes'];
    const columns = columnsOfTable(database.json);
    await database.query(`CREATE TABLE no_key ${columns.replace(' PRIMARY KEY', '')}`);
    await refused('no unique key on "id"', ...rebuild('no_key'));
    await database.query(`CREATE TABLE no_body ${columns.replace('body', 'boddy')}`);
    await refused('has no column "body"', ...rebuild('no_body'));
    await database.query(`CREATE TABLE more ${columns.replace('note text', 'owner text NOT NULL, note text')}`);
    await refused('demands a value in "owner"', ...rebuild('more'));
    await refused('there is no table "nowhere"', ...rebuild('nowhere'));
    await database.query(`CREATE TABLE full_one ${columns}`);
    await database.query(`INSERT INTO full_one (id, kind, account) VALUES ('x', 'moved', 'a1')`);
    await refused('holds rows already', ...rebuild('full_one'));
  });
}

describe('publishing into a SQLite table', () => {
  const opened: Database.Database[] = [];
  afterEach(() => opened.splice(0).forEach((one) => one.close()));
  suite(async (folder) => {
    const database = new Database(join(folder, 'shop.db'));
    opened.push(database);
    return {
      ...{ json: 'text', settings: 'sqlite: shop.db', env: {} },
      noteWrites: `CREATE TABLE writes (id text);;CREATE TRIGGER i AFTER INSERT ON rebuilt BEGIN INSERT INTO writes VALUES (new.id); END;;CREATE TRIGGER u AFTER UPDATE ON rebuilt BEGIN INSERT INTO writes VALUES (new.id); END`,
      query(sql) {
        const statement = database.prepare(sql);
        if (statement.reader) return Promise.resolve(statement.all() as Rows);
        statement.run();
        return Promise.resolve([]);
      },
    };
  });
});

describeWithPostgres('publishing into a PostgreSQL table', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  suite(async () => {
    await server.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    return {
      ...{ json: 'jsonb', settings: 'postgres: { url: { env: SHOP_DATABASE } }', env: { SHOP_DATABASE: server.url } },
      noteWrites: `CREATE TABLE writes (id text);;CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO writes VALUES (new.id); RETURN NULL; END $$;;CREATE TRIGGER t AFTER INSERT OR UPDATE ON rebuilt FOR EACH ROW EXECUTE FUNCTION note()`,
      query: (sql) => server.query(sql),
    };
  });

  test('a user without the rights is refused before anything is written, with what is missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eventmend-rights-'));
    const columns = columnsOfTable('jsonb');
    await server.query(
      `DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE sent ${columns};
       INSERT INTO sent (id, kind, account, body, topic, part, at_offset) VALUES ${valuesOf(faultyRows())};
       CREATE ROLE clerk LOGIN PASSWORD 'clerk'; GRANT USAGE ON SCHEMA public TO clerk; GRANT SELECT ON sent TO clerk`,
    );
    writeTableIncident(folder, 'postgres: { url: { env: SHOP_DATABASE } }');
    vi.stubEnv('SHOP_DATABASE', `postgres://clerk:clerk@${server.host}:${server.port}/${server.database}`);
    const digest = 'SELECT md5(string_agg(s::text, chr(10) ORDER BY id)) AS of FROM sent s';
    const before = await server.query(digest);
    const recovered = await runEventmend(folder, ['recover', '--yes', '--json']);
    const { runId } = JSON.parse(recovered.out).run as { runId: string };
    expect((await runEventmend(folder, ['verify', runId])).code).toBe(0);
    const refusal = async (grant: string): Promise<string> => {
      await server.query(grant);
      const { code, err } = await runEventmend(folder, ['publish', runId, '--corrections', '--yes']);
      expect([code, err]).toEqual([16, expect.stringMatching(/^error EM\d+/m)]);
      return err.replaceAll(/\s+/g, ' ');
    };
    try {
      const marks = 'CREATE on schema public, for the table eventmend_publications';
      expect(await refusal('SELECT 1')).toContain(
        `may not be written to: missing INSERT on sent; UPDATE on sent; DELETE on sent; ${marks}`,
      );
      expect(await refusal('GRANT INSERT, UPDATE ON sent TO clerk')).toContain(`missing DELETE on sent; ${marks}`);
      expect(await refusal('GRANT DELETE ON sent TO clerk')).toContain(`missing ${marks}`);
      // Rows that a policy hides would pass for rows that were never sent.
      expect(
        await refusal(
          `GRANT CREATE ON SCHEMA public TO clerk; ALTER TABLE sent ENABLE ROW LEVEL SECURITY;
           CREATE POLICY own ON sent TO clerk USING (true)`,
        ),
      ).toContain('missing BYPASSRLS, since row security may hide rows of sent');
      expect(
        await refusal(
          'ALTER TABLE sent DISABLE ROW LEVEL SECURITY; ALTER ROLE clerk SET default_transaction_read_only = on',
        ),
      ).toContain('a server that takes writes: this one is read-only');
      expect(await server.query(digest)).toEqual(before);
      expect(await server.query("SELECT to_regclass('eventmend_publications') AS of")).toEqual([{ of: null }]);

      await server.query('ALTER ROLE clerk RESET default_transaction_read_only');
      const done = await runEventmend(folder, ['publish', runId, '--corrections', '--yes', '--json']);
      expect([done.code, JSON.parse(done.out).published.complete]).toEqual([0, true]);
    } finally {
      vi.unstubAllEnvs();
      await server.query('DROP OWNED BY clerk; DROP ROLE clerk');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
