import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { postgresOrSkip, startPostgres, type PostgresServer } from '@eventmend/test-services';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isRecoveryError, type RecoveryError } from '../../src/model/errors/recovery-error.js';
import { openRowStream } from '../../src/sources/rows/open-row-stream.js';
import type { PostgresInput } from '../../src/sources/rows/row-input.js';
import type { RowReader } from '../../src/sources/rows/row-source.js';
import { scratchFolder } from '../../src/testing/scratch-folder.js';

const describeWithPostgres = await postgresOrSkip(describe);
const variable = 'EVENTMEND_TEST_DATABASE_URL';

type Options = Omit<PostgresInput, 'kind' | 'url' | 'query'>;

function select(query: string, options: Options = {}): PostgresInput {
  return { kind: 'postgres', url: { env: variable }, query, ...options };
}

async function open(input: PostgresInput): Promise<RowReader> {
  return (await openRowStream(input)).open();
}

async function rowsOf(query: string, options: Options = {}): Promise<readonly unknown[]> {
  const reader = await open(select(query, options));
  const values: unknown[] = [];
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) values.push(...batch.values);
  return values;
}

async function refusal(work: Promise<unknown>): Promise<RecoveryError> {
  const error: unknown = await work.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  if (!isRecoveryError(error)) throw error;
  return error;
}

/** Everything that could be shown of an error. */
function allOf(error: RecoveryError): string {
  return [error.message, error.hint, error.stack, JSON.stringify(error.details), String(error.cause)].join('\n');
}

describeWithPostgres('rows of a PostgreSQL database', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
    await server.query(`
      CREATE TABLE balances (account text PRIMARY KEY, cents bigint NOT NULL);
      INSERT INTO balances SELECT 'account-' || n, n FROM generate_series(1, 2000) n;
      CREATE TABLE positions (topic text, partition int, next_offset bigint);
      INSERT INTO positions VALUES ('orders', 1, 20), ('orders', 0, 9007199254740991);
      CREATE SEQUENCE counter;
      CREATE TABLE secrets (id int PRIMARY KEY, word text);
      INSERT INTO secrets VALUES (1, 'hunter2');
      CREATE ROLE clerk LOGIN PASSWORD 'clerks-password';
    `);
    process.env[variable] = server.url;
  });
  afterEach(() => {
    process.env[variable] = server.url;
  });
  afterAll(async () => {
    Reflect.deleteProperty(process.env, variable);
    await server?.stop();
  });

  const positionQuery = 'SELECT topic, partition, next_offset FROM positions';

  /** Connections of the tool that the server has, but for the one that asks. */
  async function connections(): Promise<number> {
    const [row] = await server.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'eventmend'`,
    );
    return Number(row?.['n']);
  }

  async function untilNoConnection(): Promise<void> {
    for (let waited = 0; (await connections()) > 0; waited += 50) {
      if (waited > 10_000) throw new Error('a connection stayed open');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('keeps every digit, and what is true, false, null, JSON or bytes', async () => {
    const rows = await rowsOf(`
      SELECT 9007199254740993::bigint AS id, 12345678901234567890.0123456789::numeric(30,10) AS amount, true AS yes,
        false AS no, NULL::int AS nothing, ''::text AS empty, '{"n": 1.10, "n": 2}'::json AS document,
        '{"b": 12345678901234567890.50}'::jsonb AS binary_document, '\\x00ff'::bytea AS bytes, 'NaN'::float8 AS none,
        0.1::float8 AS tenth, '2026-03-29 02:30:00.123456+02'::timestamptz AS moment, '2026-03-29'::date AS day,
        7::smallint AS "__proto__"`);
    expect(JSON.stringify(rows)).toBe(
      '[{"id":"9007199254740993","amount":"12345678901234567890.0123456789","yes":true,"no":false,"nothing":null,"empty":"",' +
        '"document":"{\\"n\\": 1.10, \\"n\\": 2}","binary_document":"{\\"b\\": 12345678901234567890.50}","bytes":"AP8=",' +
        '"none":"NaN","tenth":"0.1","moment":"2026-03-29 00:30:00.123456+00","day":"2026-03-29","__proto__":"7"}]',
    );
  });

  it('writes each value in one way, whatever the user has set', async () => {
    await server.query(`ALTER ROLE ${server.user} SET datestyle = 'German'; ALTER ROLE ${server.user} SET timezone = 'Asia/Tokyo';
      ALTER ROLE ${server.user} SET extra_float_digits = -10; ALTER ROLE ${server.user} SET bytea_output = 'escape'`);
    try {
      expect(
        await rowsOf(`SELECT '2026-01-02 03:04:05+00'::timestamptz AS t, 0.1::float8 + 0.2 AS f, '\\xff'::bytea AS b`),
      ).toEqual([{ t: '2026-01-02 03:04:05+00', f: '0.30000000000000004', b: '/w==' }]);
    } finally {
      await server.query(`ALTER ROLE ${server.user} RESET ALL`);
    }
  });

  it('reads rows and position from one state, while another connection writes in between', async () => {
    const reader = await open(select('SELECT account, cents FROM balances ORDER BY account', { positionQuery }));
    const first = await reader.next();
    expect(first?.count).toBe(16);
    expect(reader.position).toEqual([
      { topic: 'orders', partition: 1, next: '20' },
      { topic: 'orders', partition: 0, next: '9007199254740991' },
    ]);
    await server.query(`
      UPDATE balances SET cents = -1; DELETE FROM balances WHERE account LIKE 'account-9%';
      INSERT INTO balances VALUES ('account-0', -1), ('zebra', -1); UPDATE positions SET next_offset = 21 WHERE partition = 1`);
    try {
      const rows = [...(first?.values ?? [])] as { readonly account: string; readonly cents: string }[];
      for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
        rows.push(...(batch.values as typeof rows));
      }
      expect(rows.length).toBe(2000);
      expect(rows.filter(({ account, cents }) => account !== `account-${cents}`)).toEqual([]);
      expect(reader.position?.[0]).toEqual({ topic: 'orders', partition: 1, next: '20' });
      expect(await rowsOf(`SELECT next_offset FROM positions WHERE partition = 1`)).toEqual([{ next_offset: '21' }]);
    } finally {
      await server.query(`
        TRUNCATE balances; INSERT INTO balances SELECT 'account-' || n, n FROM generate_series(1, 2000) n;
        UPDATE positions SET next_offset = 20 WHERE partition = 1`);
    }
  });

  it('reads the position and the rows from one state also where the writer comes between the two queries', async () => {
    // The writer commits while the query for the position is still running. A snapshot for each query, as READ COMMITTED
    // has it, would see the new rows beside the old position.
    await server.query(
      `CREATE FUNCTION slowly() RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT true FROM pg_sleep(0.7)'`,
    );
    const slow = `${positionQuery} WHERE partition = 1 AND slowly()`;
    const reader = await open(
      select(`SELECT cents FROM balances WHERE account = 'account-1'`, { positionQuery: slow }),
    );
    const first = reader.next();
    await new Promise((resolve) => setTimeout(resolve, 350));
    await server.query(`
      UPDATE balances SET cents = 100 WHERE account = 'account-1'; UPDATE positions SET next_offset = 21 WHERE partition = 1`);
    try {
      expect((await first)?.values).toEqual([{ cents: '1' }]);
      expect(reader.position).toEqual([{ topic: 'orders', partition: 1, next: '20' }]);
    } finally {
      reader.close();
      await server.query(`
        UPDATE balances SET cents = 1 WHERE account = 'account-1'; UPDATE positions SET next_offset = 20 WHERE partition = 1`);
    }
  });

  it('fetches 200,000 rows in bounded pages', async () => {
    const reader = await open(select(`SELECT n, md5(n::text) AS hash FROM generate_series(1, 200000) n`));
    let rows = 0;
    let sum = 0;
    let largest = 0;
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      expect(batch.place(0)).toMatchObject({ unit: 'row', number: rows + 1 });
      rows += batch.count;
      largest = Math.max(largest, batch.count);
      for (const row of batch.values) sum += Number((row as { readonly n: string }).n);
    }
    expect([rows, sum]).toEqual([200_000, (200_000 * 200_001) / 2]);
    expect(largest).toBeLessThanOrEqual(2000);
    await untilNoConnection();
  });

  it('fetches fewer rows at a time where they are large, and refuses one above 16 MiB', async () => {
    const reader = await open(select(`SELECT repeat('x', 1000000) AS text FROM generate_series(1, 30) n`));
    const counts: number[] = [];
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) counts.push(batch.count);
    expect(counts).toEqual([16, 4, 4, 4, 2]);
    const error = await refusal(rowsOf(`SELECT repeat('x', 17000000) AS text`));
    expect(error).toMatchObject({ code: 'size-limit-exceeded', message: expect.stringMatching(/row 1: longer than/) });
  });

  it('states its columns where there are no rows', async () => {
    const reader = await open(select('SELECT account, cents FROM balances WHERE false'));
    expect(await reader.next()).toBe(null);
    expect(reader.columns).toEqual(['account', 'cents']);
  });

  it.each([
    ['two statements', 'SELECT 1 AS n; DELETE FROM balances', /more than one statement/],
    ['a statement that ends the transaction', 'SELECT 1 AS n; COMMIT; DELETE FROM balances', /more than one statement/],
    [
      'an INSERT',
      `INSERT INTO balances VALUES ('x', 1)`,
      /not a SELECT, and is read in a transaction that is READ ONLY/,
    ],
    ['a hidden DELETE', 'WITH x AS (DELETE FROM balances RETURNING *) SELECT * FROM x', /would write.* READ ONLY/],
    ['a function that writes', `SELECT nextval('counter')`, /would write.* READ ONLY/],
    ['a lock', 'SELECT * FROM balances FOR UPDATE', /would write.* READ ONLY/],
    ['a new table', 'SELECT * INTO copied FROM balances', /SELECT ... INTO is not allowed/],
    ['a column that is not there', 'SELECT centz FROM balances', /column "centz" does not exist \(SQLSTATE 42703\)/],
    ['a table that is not there', 'SELECT 1 FROM balance', /relation "balance" does not exist/],
    ['wrong syntax', 'SELECT FROM FROM balances', /syntax error at or near "FROM"/],
    ['parameters', 'SELECT $1::text', /parameters such as \$1/],
  ])('refuses %s, and writes nothing', async (_, query, reason) => {
    const error = await refusal(rowsOf(query));
    expect(error).toMatchObject({ code: 'unreadable-database', message: expect.stringMatching(reason) });
    expect(error.message).toMatch(/^postgres 127\.0\.0\.1:\d+\/postgres: /);
    expect(await server.query('SELECT count(*)::int AS n FROM balances')).toEqual([{ n: 2000 }]);
    await untilNoConnection();
  });

  it('refuses two columns of one name', async () => {
    expect(await refusal(rowsOf('SELECT 1 AS n, 2 AS n'))).toMatchObject({
      code: 'invalid-field',
      message: expect.stringMatching(/two columns of the query are called "n"/),
    });
  });

  it.each([
    ['too few columns', 'SELECT topic, partition FROM positions', /has the columns topic, partition, not topic,/],
    [
      'other names',
      'SELECT topic, partition, next_offset AS last FROM positions',
      /has the columns topic, partition, last/,
    ],
    ['one more column', 'SELECT *, 1 AS more FROM positions', /has the columns topic, partition, next_offset, more/],
    ['no row', `${positionQuery} WHERE false`, /gives no row/],
    ['a partition twice', `${positionQuery} UNION ALL SELECT 'orders', 1, 3`, /names partition 1 of orders twice/],
    ['no topic', `SELECT NULL AS topic, 0 AS partition, 5 AS next_offset`, /names no topic in row 1/],
    [
      'a partition below 0',
      `SELECT 'o' AS topic, -1 AS partition, 5 AS next_offset`,
      /no number of a partition in row 1/,
    ],
    ['no offset', `SELECT 'o' AS topic, 0 AS partition, NULL AS next_offset`, /no offset in next_offset of row 1/],
    ['a fraction', `SELECT 'o' AS topic, 0 AS partition, 1.5 AS next_offset`, /no offset in next_offset of row 1/],
    ['digits that are lost', `SELECT 'o' AS topic, 0 AS partition, 9007199254740993 AS next_offset`, /no offset/],
  ])('refuses a position with %s', async (_, query, reason) => {
    const error = await refusal(rowsOf('SELECT 1 AS n', { positionQuery: query }));
    expect(error).toMatchObject({ code: 'invalid-field', message: expect.stringMatching(reason) });
    await untilNoConnection();
  });

  it('refuses a query for the position that writes', async () => {
    const error = await refusal(rowsOf('SELECT 1 AS n', { positionQuery: 'DELETE FROM positions RETURNING *' }));
    expect(error).toMatchObject({
      code: 'unreadable-database',
      message: expect.stringMatching(/the position_query is not a SELECT/),
    });
  });

  it('says why it may not read, and shows no password', async () => {
    const wrong = server.url.replace(server.password, 'wrong-password');
    const cases: readonly [string, string, RegExp][] = [
      [wrong, 'unreadable-database', /password authentication failed for user "eventmend"/],
      [server.url.replace(`:${server.password}`, ''), 'unreadable-database', /asks for a password, and there is none/],
      [`${server.url}-not`, 'unreadable-database', /database "postgres-not" does not exist/],
      [`${server.url}?sslmode=require`, 'unreadable-database', /does not speak TLS/],
      [server.url.replace(`:${server.port}/`, ':1/'), 'database-unreachable', /cannot be reached \(ECONNREFUSED\)/],
      [server.url.replace(server.host, 'no-such-host.invalid'), 'database-unreachable', /cannot be reached \(E/],
      [
        server.url.replace(`${server.user}:${server.password}`, 'clerk:clerks-password'),
        'unreadable-database',
        /permission denied for table secrets/,
      ],
    ];
    for (const [url, code, reason] of cases) {
      process.env[variable] = url;
      const error = await refusal(rowsOf('SELECT word FROM secrets'));
      expect(error).toMatchObject({ code, message: expect.stringMatching(reason) });
      expect(allOf(error)).not.toMatch(new RegExp(`${server.password}|wrong-password|clerks-password|${variable}`));
    }
  });

  it('shows nothing of what rows hold, nor a password that the server says', async () => {
    const cast = await refusal(rowsOf('SELECT word::int AS n FROM secrets'));
    expect(cast.message).toMatch(/invalid input syntax for type integer: "…" \(SQLSTATE 22P02\)/);
    expect(allOf(cast)).not.toContain('hunter2');
    await server.query(`CREATE FUNCTION tell() RETURNS int LANGUAGE plpgsql AS
      'BEGIN RAISE EXCEPTION ''here it is: %'', (SELECT word FROM secrets) USING DETAIL = ''hunter2''; END'`);
    const raised = await refusal(rowsOf('SELECT tell() AS n'));
    expect(raised.message).toMatch(/the server refuses it \(SQLSTATE P0001\)/);
    expect(allOf(raised)).not.toContain('hunter2');
    const named = await refusal(rowsOf(`SELECT "${server.password}" FROM secrets`));
    expect(named.message).toMatch(/column "\[secret\]" does not exist/);
  });

  it('gives up after the time limit, on the server too', async () => {
    const error = await refusal(rowsOf('SELECT pg_sleep(60)', { timeLimitMs: 300 }));
    expect(error).toMatchObject({
      code: 'unreadable-database',
      message: expect.stringMatching(/did not end within 300 ms/),
    });
    await untilNoConnection();
    const reader = await open(select('SELECT account FROM balances', { timeLimitMs: 500 }));
    await reader.next();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await refusal(Promise.resolve(reader.next()))).toMatchObject({
      message: expect.stringMatching(/did not end within 500 ms/),
    });
    await untilNoConnection();
  });

  it('closes its connection when reading is given up', async () => {
    const reader = await open(select('SELECT account FROM balances'));
    await reader.next();
    expect(await connections()).toBe(1);
    reader.close();
    reader.close();
    expect(await reader.next()).toBe(null);
    await untilNoConnection();
    // The server notices at the end of its time limit at the latest.
    const waiting = await open(select('SELECT pg_sleep(60)', { timeLimitMs: 2000 }));
    const answer = refusal(Promise.resolve(waiting.next()));
    while ((await connections()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    waiting.close();
    await answer;
    expect(await waiting.next()).toBe(null);
    await untilNoConnection();
  });

  it('does not keep a process alive that has closed it, though the server hangs', async () => {
    const script = `
      import { openRowStream } from '@eventmend/core/rows';
      const input = { kind: 'postgres', url: { env: '${variable}' }, query: 'SELECT account FROM balances' };
      const reader = (await openRowStream(input)).open();
      await reader.next();
      process.stdout.write('read');
      await new Promise((resolve) => process.stdin.once('data', resolve));
      reader.close();
      process.stdin.destroy();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    const [row] = await server.query(`SELECT pid FROM pg_stat_activity WHERE application_name = 'eventmend'`);
    const backend = Number(row?.['pid']);
    process.kill(backend, 'SIGSTOP');
    try {
      child.stdin.write('close');
      const late = new Promise((resolve) => setTimeout(resolve, 10_000, ['still running']));
      expect(await Promise.race([ended, late])).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
      process.kill(backend, 'SIGCONT');
    }
    await untilNoConnection();
  });

  it('is an error when the server ends the connection, and the next reading is whole', async () => {
    const reader = await open(select('SELECT account FROM balances'));
    await reader.next();
    await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'eventmend'`);
    const error = await refusal(Promise.resolve(reader.next()));
    expect(error).toMatchObject({ code: 'database-unreachable', exitCode: 75 });
    expect(await reader.next()).toBe(null);
    expect((await rowsOf('SELECT account FROM balances')).length).toBe(2000);
  });
});

describeWithPostgres('a PostgreSQL server that is killed while rows are fetched', () => {
  const folder = scratchFolder();
  let server: PostgresServer | null = null;
  afterAll(async () => {
    folder.remove();
    await server?.stop();
  });

  it('is an error that says so, and nothing of the rows is used', async () => {
    server = await startPostgres();
    const input: PostgresInput = {
      ...{ kind: 'postgres', url: { file: folder.file('url', `${server.url}\n`) } },
      query: 'SELECT n, pg_sleep(0.0005)::text AS slow FROM generate_series(1, 100000) n',
    };
    const reader = await open(input);
    await reader.next();
    await reader.next();
    const rest = refusal(
      (async () => {
        for (let batch = await reader.next(); batch !== null; batch = await reader.next());
      })(),
    );
    await server.kill();
    const error = await rest;
    expect(error).toMatchObject({ code: 'database-unreachable', exitCode: 75 });
    expect(error.message).toMatch(/^postgres 127\.0\.0\.1:\d+\/postgres: /);
    expect(allOf(error)).not.toContain(server.password);
  });
});

describeWithPostgres('a PostgreSQL server that speaks TLS', () => {
  const folder = scratchFolder();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ tls: true });
    process.env[variable] = server.url;
  });
  afterAll(async () => {
    Reflect.deleteProperty(process.env, variable);
    folder.remove();
    await server?.stop();
  });

  const query = `SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;

  it('is read with its authority, and under the name in its certificate', async () => {
    const ca = folder.file('ca.pem', server.ca ?? '');
    expect(await rowsOf(query)).toEqual([{ ssl: false }]);
    expect(await rowsOf(query, { tls: { ca } })).toEqual([{ ssl: true }]);
    expect(await rowsOf(query, { tls: { ca, serverName: 'localhost' } })).toEqual([{ ssl: true }]);
    const other = await refusal(rowsOf(query, { tls: { ca, serverName: 'other.example' } }));
    expect(other.message).toMatch(/certificate of the server is not accepted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
    process.env[variable] = server.url.replace(server.host, 'localhost');
    expect(await rowsOf(query, { tls: { ca, serverName: '127.0.0.1' } })).toEqual([{ ssl: true }]);
    expect(await refusal(rowsOf(query, { tls: { ca, serverName: 'other.example' } }))).toMatchObject({
      code: 'unreadable-database',
    });
    process.env[variable] = server.url;
  });

  it('whose certificate nobody vouches for is not read, whatever the URL asks for', async () => {
    for (const [suffix, tls] of [
      ['', true],
      ['?sslmode=require', undefined],
      ['?sslmode=require', true],
    ] as const) {
      process.env[variable] = server.url + suffix;
      const error = await refusal(rowsOf(query, tls === undefined ? {} : { tls }));
      expect(error).toMatchObject({
        code: 'unreadable-database',
        message: expect.stringMatching(/certificate of the server is not accepted/),
      });
    }
    const garbage = await refusal(rowsOf(query, { tls: { ca: folder.file('garbage.pem', 'none') } }));
    expect(garbage).toMatchObject({
      code: 'unreadable-database',
      message: expect.stringMatching(/no certificate or key/),
    });
  });

  it('and two words on encryption are a contradiction', async () => {
    for (const [mode, tls] of [
      ['require', false],
      ['disable', true],
    ] as const) {
      process.env[variable] = `${server.url}?sslmode=${mode}`;
      expect(await refusal(rowsOf(query, { tls }))).toMatchObject({ code: 'invalid-configuration' });
    }
  });
});

describe('a port on which no PostgreSQL server answers', () => {
  const folder = scratchFolder();
  const sockets = new Set<Socket>();
  const open: Server[] = [];
  afterAll(() => {
    folder.remove();
    for (const socket of sockets) socket.destroy();
    for (const server of open) server.close();
  });

  /** What comes of reading from a server that does this with each connection. */
  async function outcome(serve: (socket: Socket) => void, timeLimitMs: number): Promise<RecoveryError> {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).resume();
      serve(socket);
    }).listen(0, '127.0.0.1');
    open.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = { file: folder.file(`url-${port}`, `postgres://me:hunter2@127.0.0.1:${port}/shop`) };
    const stream = await openRowStream({ kind: 'postgres', url, query: 'SELECT 1 AS n', timeLimitMs });
    const error = await refusal(Promise.resolve(stream.open().next()));
    expect(allOf(error)).not.toContain('hunter2');
    return error;
  }

  it('is waited for until the time limit, and no longer', async () => {
    const began = performance.now();
    expect(await outcome(() => undefined, 300)).toMatchObject({
      code: 'unreadable-database',
      message: expect.stringMatching(/did not end within 300 ms/),
    });
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('is an error where it hangs up or speaks of other things', async () => {
    const broke = { code: 'database-unreachable', message: expect.stringMatching(/the connection broke|ECONNRESET/) };
    expect(await outcome((socket) => socket.destroy(), 60_000)).toMatchObject(broke);
    expect(await outcome((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 60_000)).toMatchObject(broke);
  });
});
