import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { postgresOrSkip, startPostgres } from '@eventmend/test-services';
import { afterEach, describe, expect, test, vi } from 'vitest';

const describeWithPostgres = await postgresOrSkip(describe);

const foldersOfServers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('eventmend-postgres-'));

describeWithPostgres('a PostgreSQL server for tests', () => {
  test('answers, asks for its password, and leaves nothing behind', async () => {
    const before = new Set(foldersOfServers());
    const [first, second] = await Promise.all([startPostgres(), startPostgres()]);
    try {
      expect(first.port).not.toBe(second.port);
      expect(await first.query('CREATE TABLE t (n int); INSERT INTO t VALUES (7); SELECT n FROM t')).toEqual([
        { n: 7 },
      ]);
      await expect(second.query('SELECT n FROM t')).rejects.toThrow(/"t" does not exist/);
      expect(foldersOfServers().filter((name) => !before.has(name)).length).toBeGreaterThanOrEqual(2);
      await second.kill();
      await expect(second.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
    } finally {
      await Promise.all([first.stop(), first.stop(), second.stop()]);
    }
    await expect(first.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('ends with a process that is killed', () => {
    const script = `
      import { startPostgres } from '@eventmend/test-services';
      const server = await startPostgres();
      process.stdout.write(String(server.port), () => process.kill(process.pid, 'SIGKILL'));`;
    const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(signal).toBe('SIGKILL');
    const tryToConnect = `
      import { connect } from 'node:net';
      const late = Date.now() + 10_000;
      const attempt = () => connect(${Number(stdout)}, '127.0.0.1').on('connect', () =>
        Date.now() > late ? process.exit(1) : setTimeout(attempt, 50)).on('error', () => process.exit(0));
      attempt();`;
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', tryToConnect]).status).toBe(0);
  });
});

describe('where PostgreSQL is not installed', () => {
  const skip = vi.fn();
  const needs = () => postgresOrSkip(Object.assign(vi.fn(), { skip }), []);
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  test('tests are skipped aloud', async () => {
    vi.stubEnv('CI', '');
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    (await needs())('rows', () => undefined);
    expect(skip).toHaveBeenCalledOnce();
    expect(said.mock.calls.join()).toMatch(/SKIPPED for want of PostgreSQL: rows: .*apt-get install postgresql/);
  });

  test('CI fails', async () => {
    vi.stubEnv('CI', 'true');
    await expect(needs()).rejects.toThrow(/PostgreSQL is not installed/);
  });
});
