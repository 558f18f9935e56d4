import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectedBalances, smallEvents, writeSmallIncident } from './small-incident.js';
import { runEventmend } from './run-eventmend.js';
import { spawnEventmend } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const run = (words: string) => runEventmend(folder, words.split(' '));
const events = smallEvents(40);
const textOf = ({ out, err }: { readonly out: string; readonly err: string }) => (out + err).replace(/\s+/g, ' ');

describe('stdout', () => {
  it('holds one document, whatever a worker prints while it is loaded and while it handles', async () => {
    writeSmallIncident(folder, { events, more: "console.log('handled'); process.stdout.write('loud\\n');" });
    const worker = readFileSync(join(folder, 'worker.ts'), 'utf8');
    writeFileSync(join(folder, 'worker.ts'), `console.log('loaded');\n${worker}`);
    // In a process of its own: that is whose stdout the worker prints to.
    const recovered = await spawnEventmend(folder, ['recover', '--yes', '--json']);
    const document = JSON.parse(recovered.out) as { command: string; run: { runId: string } };
    expect(document.command).toBe('recover');
    expect(recovered.err).toContain('handled\nloud\n');
    expect(recovered.err).toContain('loaded');
    const verified = await spawnEventmend(folder, ['verify', document.run.runId, '--json']);
    expect(JSON.parse(verified.out)).toMatchObject({ command: 'verify' });
  });
});

describe('plan --out', () => {
  it('never replaces a file that is no plan, also with --force', async () => {
    writeSmallIncident(folder, { events });
    const before = readFileSync(join(folder, 'events.ndjson'), 'utf8');
    for (const words of ['plan --out events.ndjson', 'plan --out events.ndjson --force']) {
      const ended = await run(words);
      expect([ended.code, textOf(ended)], words).toEqual([2, expect.stringContaining('is no plan') as unknown]);
    }
    expect(readFileSync(join(folder, 'events.ndjson'), 'utf8')).toBe(before);
  });

  it('replaces another plan with --force', async () => {
    writeSmallIncident(folder, { events });
    expect((await run('plan --out p.json')).code).toBe(0);
    expect((await run('plan --out p.json')).code, 'the same plan').toBe(0);
    const other = 'plan --out p.json --target-time 2026-03-01T00:00:10Z';
    expect((await run(other)).code).toBe(2);
    expect((await run(`${other} --force`)).code).toBe(0);
  });
});

describe('what a handler starts and does not await', () => {
  it.each([
    ["if (event.offset === 7) void Promise.reject(new Error('lost write'));", 'at bookings[0]@7', 'lost write'],
    ["if (event.offset === 7) void (async () => { await 0; throw new Error('late') })();", 'at bookings[0]@7', 'late'],
    ["if (event.offset === 7) queueMicrotask(() => { throw new Error('micro') });", 'at or before', 'micro'],
    ["if (event.offset === 7) setTimeout(() => { throw new Error('timer') });", 'at or before', 'timer'],
  ])('%s fails the recovery, and the event is named', async (more, place, message) => {
    writeSmallIncident(folder, { events: events.map((event) => ({ ...event, lane: 0 })), more });
    const ended = await run('recover --yes');
    expect([ended.code, textOf(ended)]).toEqual([1, expect.stringContaining('error EM3002') as unknown]);
    expect(textOf(ended)).toContain(place);
    expect(textOf(ended)).toContain(message);
    expect(textOf(ended)).not.toContain('unexpected');
  });

  it('what is thrown without a text is told all the same', async () => {
    writeSmallIncident(folder, { events, more: 'throw { toString() { throw 1; } };' });
    const ended = await run('recover --yes');
    expect([ended.code, textOf(ended)]).toEqual([1, expect.stringContaining('error EM3002') as unknown]);
  });
});

describe('inputs', () => {
  it('a log with a byte order mark is planned and recovered', async () => {
    writeSmallIncident(folder, { events });
    const file = join(folder, 'events.ndjson');
    writeFileSync(file, `\ufeff${readFileSync(file, 'utf8')}`);
    expect((await run('plan --out p.json')).code).toBe(0);
    const { run: report } = JSON.parse((await run('recover --plan p.json --json')).out) as { run: { runId: string } };
    expect((await run(`export ${report.runId} --out s.ndjson`)).code).toBe(0);
    const rows = readFileSync(join(folder, 's.ndjson'), 'utf8').trimEnd().split('\n');
    const states = rows.map((line) => JSON.parse(line) as { key: string; state: unknown });
    expect(Object.fromEntries(states.map(({ key, state }) => [key, state]))).toEqual(expectedBalances(events));
  });

  it('no file appears beside a database with a write-ahead log, and doctor and diagnose remark the log that is missing', async () => {
    writeSmallIncident(folder, {
      events,
      yaml: 'live: { state: { sqlite: live.db, table: accounts, mapping: { key: account, state: { column: balance } } } }\n',
    });
    const database = new Database(join(folder, 'live.db'));
    database.pragma('journal_mode = WAL');
    database.exec("CREATE TABLE accounts (account TEXT, balance INTEGER); INSERT INTO accounts VALUES ('a0', 5)");
    database.close();
    const before = readdirSync(folder).sort();
    const doctor = await run('doctor');
    expect(textOf(doctor)).toContain('write-ahead log');
    expect(textOf(doctor)).toContain('1 key of live.db');
    // Before anything is said of the service.
    expect(textOf(await run('diagnose'))).toMatch(/but first +[^]*live\.state: [^]*a copy may\s+lack[^]*the error/);
    const { missing } = JSON.parse((await run('diagnose --json')).out) as { missing: readonly string[] };
    expect(missing).toContainEqual(expect.stringMatching(/^live\.state: .*write-ahead log/));
    expect(
      readdirSync(folder)
        .filter((name) => name !== '.eventmend')
        .sort(),
    ).toEqual(before);
  });

  it('rows of a CSV file whose lines end with CR are read', async () => {
    writeFileSync(join(folder, 'e.csv'), 'id,at,"no\rte"\ra,2026-03-01,"x\ry"\rb,2026-03-02,z\r');
    writeFileSync(join(folder, 'm.yaml'), 'topic: t\nid: id\ntime: at\n');
    const imported = await run('archive import e.csv --into a.archive --mapping m.yaml --source s --json');
    expect(imported.code, textOf(imported)).toBe(0);
    expect(textOf(await run('archive verify a.archive'))).toContain('2 events');
  });

  it('a CSV file without rows is held against the mapping by its header', async () => {
    writeFileSync(join(folder, 'e.csv'), 'ident,at\n');
    writeFileSync(join(folder, 'm.yaml'), 'topic: t\nid: id\ntime: at\n');
    const imported = await run('archive import e.csv --into a.archive --mapping m.yaml --source s');
    expect([imported.code, textOf(imported)]).toEqual([1, expect.stringContaining('no column "id"') as unknown]);
    writeFileSync(join(folder, 'e.csv'), 'id,at\n');
    expect((await run('archive import e.csv --into a.archive --mapping m.yaml --source s')).code).toBe(0);
  });
});

describe('archive import', () => {
  it('knows a large file again that was written anew with the same content', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) =>
      JSON.stringify({ topic: 't', partition: 0, offset: String(n), key: 'k', timestamp: n, value: 'x'.repeat(100) }),
    );
    const file = join(folder, 'large.ndjson');
    const written = lines.join('\n') + '\n';
    // Above 8 MiB a file is hashed in a thread of its own.
    expect(written.length).toBeGreaterThan(8 * 1024 * 1024);
    writeFileSync(file, written);
    expect((await run('archive import large.ndjson --into large.archive')).code).toBe(0);
    writeFileSync(file, written);
    const again = await run('archive import large.ndjson --into large.archive');
    expect([again.code, textOf(again)]).toEqual([0, expect.stringContaining('was there') as unknown]);
  });
});
