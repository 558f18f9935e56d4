import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { openRowStream } from './open-row-stream.js';
import type { CommandInput, RowInput, SqliteInput } from './row-input.js';

const folder = scratchFolder();
afterAll(() => folder.remove());

async function rowsOf(input: RowInput): Promise<unknown[]> {
  const reader = (await openRowStream(input)).open();
  const values: unknown[] = [];
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) values.push(...batch.values);
  } finally {
    reader.close();
  }
  return values;
}

function database(name: string, script: string): string {
  const file = folder.file(name, '');
  const made = new Database(file);
  made.unsafeMode(true).exec(script);
  made.close();
  return file;
}

const table = (file: string, name: string): SqliteInput => ({ kind: 'sqlite', file, from: { table: name } });
const query = (file: string, text: string): SqliteInput => ({ kind: 'sqlite', file, from: { query: text } });

describe('rows of a SQLite database', () => {
  const file = database(
    'accounts.db',
    `CREATE TABLE accounts (id TEXT, cents INTEGER, rate REAL, photo BLOB, note TEXT);
     INSERT INTO accounts VALUES ('a', 7, 1.5, x'00ff', NULL), ('b', 9007199254740993, 9e999, NULL, 'x');
     CREATE TABLE "odd ""name; DROP TABLE accounts" (n);
     INSERT INTO "odd ""name; DROP TABLE accounts" VALUES (1);
     CREATE VIEW trap AS SELECT * FROM accounts;`,
  );

  it('gives plain data: large integers as text, blobs as base64', async () => {
    expect(await rowsOf(table(file, 'accounts'))).toEqual([
      { id: 'a', cents: 7, rate: 1.5, photo: 'AP8=', note: null },
      { id: 'b', cents: '9007199254740993', rate: null, photo: null, note: 'x' },
    ]);
  });

  it('quotes names, and reads more rows than a batch holds', async () => {
    expect(await rowsOf(table(file, 'odd "name; DROP TABLE accounts'))).toEqual([{ n: 1 }]);
    const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i FROM n';
    const rows = await rowsOf(query(file, many));
    expect([rows.length, rows.at(-1)]).toEqual([2500, { i: 2500 }]);
  });

  it.each([
    ['two statements', 'SELECT 1; DELETE FROM accounts'],
    ['a write', 'DELETE FROM accounts'],
    ['a write that gives rows', 'WITH x AS (SELECT 1) DELETE FROM accounts RETURNING id'],
    ['a pragma', 'PRAGMA table_info(accounts)'],
    ['another database', "ATTACH 'x.db' AS x"],
    ['a missing column', 'SELECT nothing FROM accounts'],
  ])('refuses %s', async (_, text) => {
    await expect(rowsOf(query(file, text))).rejects.toMatchObject({ code: 'unreadable-database' });
    expect(await rowsOf(query(file, 'SELECT count(*) AS n FROM accounts'))).toEqual([{ n: 2 }]);
  });

  it('names the table that was probably meant, and refuses views', async () => {
    await expect(rowsOf(table(file, 'acounts'))).rejects.toMatchObject({
      code: 'unreadable-database',
      hint: 'did you mean "accounts"?',
    });
    await expect(rowsOf(table(file, 'trap'))).rejects.toMatchObject({
      message: expect.stringMatching(/"trap" is a view/),
    });
  });

  it('says that a file is no database, is damaged or is locked', async () => {
    const none = folder.file('none.db', 'id,cents\n1,2\n'.repeat(100));
    await expect(rowsOf(table(none, 'x'))).rejects.toMatchObject({
      code: 'unreadable-database',
      message: expect.stringMatching(/not a SQLite database/),
    });
    const holder = new Database(file);
    holder.exec('BEGIN EXCLUSIVE');
    try {
      await expect(rowsOf(table(file, 'accounts'))).rejects.toMatchObject({
        code: 'unreadable-database',
        message: expect.stringMatching(/locked/),
      });
    } finally {
      holder.close();
    }
    await expect(rowsOf(table('/nowhere/x.db', 'x'))).rejects.toMatchObject({ code: 'file-unavailable' });
  });

  it('runs nothing that a hostile schema brings along', async () => {
    const hostile = database(
      'hostile.db',
      `CREATE TABLE t (a, b TEXT GENERATED ALWAYS AS (a || 'x')); INSERT INTO t (a) VALUES (1);
       PRAGMA writable_schema = ON;
       UPDATE sqlite_master SET sql = 'CREATE TABLE t (a, b TEXT GENERATED ALWAYS AS (load_extension(a)))' WHERE name = 't';`,
    );
    await expect(rowsOf(table(hostile, 't'))).rejects.toMatchObject({ code: 'unreadable-database' });
  });

  it('has another digest after a change', async () => {
    const before = await (await openRowStream(table(file, 'accounts'))).digest();
    const changing = new Database(file);
    changing.exec("UPDATE accounts SET note = 'changed' WHERE id = 'a'");
    changing.close();
    expect(await (await openRowStream(table(file, 'accounts'))).digest()).not.toBe(before);
  });
});

describe('rows of a command', () => {
  const node = (script: string, more: Partial<CommandInput> = {}): CommandInput => ({
    kind: 'command',
    command: [process.execPath, '-e', script],
    format: 'csv',
    folder: folder.path,
    ...more,
  });
  const secret = 'hunter2-very-secret';
  afterEach(() => {
    delete process.env['EVENTMEND_TEST_PASSWORD'];
  });

  it('reads CSV and NDJSON, with the environment and in the folder of the incident', async () => {
    process.env['EVENTMEND_TEST_PASSWORD'] = secret;
    const script = `console.log('id,ok'); console.log('007,' + (process.env.EVENTMEND_TEST_PASSWORD === '${secret}' && process.cwd() === require('fs').realpathSync('${folder.path}')))`;
    expect(await rowsOf(node(script))).toEqual([{ id: '007', ok: 'true' }]);
    expect(await rowsOf(node('console.log(JSON.stringify({ a: [1] }))', { format: 'ndjson' }))).toEqual([{ a: [1] }]);
  });

  it('starts no shell', async () => {
    const echo: CommandInput = {
      kind: 'command',
      command: ['echo', 'a;$(id)\n`id`'],
      format: 'csv',
      folder: folder.path,
    };
    expect(await rowsOf(echo)).toEqual([{ 'a;$(id)': '`id`' }]);
  });

  it('fails with the exit code and the last lines of stderr, after the rows in front, and tells no secret', async () => {
    process.env['EVENTMEND_TEST_PASSWORD'] = secret;
    const script = `
      console.log('a\\n1');
      for (let i = 0; i < 5000; i++) console.error('noise ' + i);
      console.error('no password ${secret} for postgres://me:other-secret@db/x');
      process.exitCode = 3;`;
    const stream = await openRowStream(node(script));
    const reader = stream.open();
    const error: unknown = await (async () => {
      for (;;) if ((await reader.next()) === null) return null;
    })().catch((thrown: unknown) => thrown);
    const { code, message } = error as { readonly code: string; readonly message: string };
    expect(code).toBe('source-command-failed');
    expect(message).toMatch(/failed with exit code 3/);
    expect(message).toMatch(
      /noise 4999\nno password \[EVENTMEND_TEST_PASSWORD\] for postgres:\/\/me:\[password\]@db\/x$/,
    );
    expect(message).not.toMatch(/noise 100\b/);
    expect(`${stream.location}${message}`).not.toContain(secret);
    expect(stream.location).not.toContain('noise');
  });

  it('kills a command that hangs, with what it started', async () => {
    const marker = folder.file('alive', '');
    const child = `setInterval(() => require('fs').appendFileSync('${marker}', 'x'), 20)`;
    const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }); setInterval(() => 0, 1000);`;
    await expect(rowsOf(node(script, { timeLimitMs: 700 }))).rejects.toMatchObject({
      code: 'source-command-failed',
      message: expect.stringMatching(/did not end within 700 ms/),
    });
    const { readFileSync } = await import('node:fs');
    const after = readFileSync(marker).length;
    await setTimeout(150);
    expect(readFileSync(marker).length).toBe(after);
  });

  it('waits for the reader instead of filling the memory, and ends when it is closed', async () => {
    const reader = (
      await openRowStream(
        node(
          "const s = 'x'.repeat(65535) + '\\n'; (function go() { while (process.stdout.write(s)); process.stdout.once('drain', go); })();",
        ),
      )
    ).open();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 20; i++) await reader.next();
    await setTimeout(300);
    reader.close();
    expect(await reader.next()).toBeNull();
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  it('names what cannot be started, and the line of garbage', async () => {
    await expect(rowsOf({ ...node(''), command: ['no-such-program-here'] })).rejects.toMatchObject({
      code: 'source-command-failed',
      message: expect.stringMatching(/cannot be started \(ENOENT\)/),
    });
    const garbage = node("console.log('{\"a\":1}'); console.log('Segmentation fault')", { format: 'ndjson' });
    await expect(rowsOf(garbage)).rejects.toMatchObject({
      code: 'unreadable-row',
      message: expect.stringMatching(/line 2.*not JSON/),
    });
    await expect(rowsOf(node("process.kill(process.pid, 'SIGTERM')"))).rejects.toMatchObject({
      message: expect.stringMatching(/was ended by SIGTERM/),
    });
  });
});
