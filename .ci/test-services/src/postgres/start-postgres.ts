import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { makePrivateAuthority } from '../private-authority.js';
import { startGuard, type Guard, type GuardedProgram } from '../programs/start-guard.js';
import { findPostgres, type PostgresInstallation } from './find-postgres.js';

export interface PostgresOptions {
  /** Whether it takes encrypted connections too, with a certificate for 127.0.0.1 and localhost. Default: not. */
  readonly tls?: boolean;
}

/** A PostgreSQL server that this process has started. It ends with this process at the latest. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Its address with user and password: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly url: string;
  /** The certificate of its private authority as PEM; null without TLS. */
  readonly ca: string | null;
  /** Runs statements over a connection of its own, as a user who may do everything. Returns the rows of the last one. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends it by SIGKILL, as a crash would, and waits for its end. */
  kill(): Promise<void>;
  /** Ends it and removes its data. A second call does nothing more. */
  stop(): Promise<void>;
}

/** Ports are free when they are chosen and may be taken when they are used; so often anew. */
const attempts = 5;
const readyWithinMs = 120_000;
const host = '127.0.0.1';
const user = 'eventmend';
const database = 'postgres';

/**
 * Starts an empty PostgreSQL server on the loopback, which asks for a password, and waits until it answers.
 * @throws Error in words: what is not installed, or the last lines of the server's log when it does not get ready.
 */
export async function startPostgres({ tls = false }: PostgresOptions = {}): Promise<PostgresServer> {
  const installation = await findPostgres();
  if ('missing' in installation) throw new Error(installation.missing);
  const folder = await mkdtemp(join(tmpdir(), 'eventmend-postgres-'));
  const guard = startGuard(folder);
  const password = randomBytes(12).toString('hex');
  try {
    await makeCluster(installation, guard, folder, password);
    const certificates = tls ? await makeCertificates(installation, join(folder, 'certificates')) : null;
    const settings = certificates?.settings ?? {};
    const { server, port } = await startOnFreePort(installation, guard, folder, password, settings);
    return serverOf({ server, guard, port, password, ca: certificates?.ca ?? null });
  } catch (error) {
    await guard.close();
    throw error;
  }
}

async function makeCluster(
  installation: PostgresInstallation,
  guard: Guard,
  folder: string,
  password: string,
): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  const { user: owner } = installation;
  if (owner !== null) for (const path of [folder, passwordFile]) await chown(path, owner.uid, owner.gid);
  const options = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--no-sync'];
  const log = join(folder, 'initdb.log');
  const program = await startProgram(
    installation,
    guard,
    'initdb',
    [...options, `--username=${user}`, `--pwfile=${passwordFile}`, `--pgdata=${join(folder, 'data')}`],
    log,
  );
  const { code, signal } = await program.ended();
  if (code !== 0) throw new Error(`initdb failed (${signal ?? code}):\n${await lastLines(log)}`);
}

/** The settings that make the server speak TLS, and the authority. */
async function makeCertificates({ user: owner }: PostgresInstallation, folder: string) {
  const { ca, files } = await makePrivateAuthority(folder);
  const paths = [folder, ...(await readdir(folder)).map((name) => join(folder, name))];
  if (owner !== null) for (const path of paths) await chown(path, owner.uid, owner.gid);
  return { ca, settings: { ssl: 'on', ssl_cert_file: files.server, ssl_key_file: files.server } };
}

async function startOnFreePort(
  installation: PostgresInstallation,
  guard: Guard,
  folder: string,
  password: string,
  further: Readonly<Record<string, string>>,
): Promise<{ readonly server: GuardedProgram; readonly port: number }> {
  // Nothing is kept, so nothing has to reach the disk.
  const settings = {
    listen_addresses: host,
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '16MB',
    ...further,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const log = join(folder, `server-${attempt}.log`);
    const args = ['-D', join(folder, 'data'), '-p', String(port), ...options];
    const server = await startProgram(installation, guard, 'postgres', args, log);
    if (await untilReady(server, port, password)) return { server, port };
    server.signal('SIGKILL');
    await server.ended();
    const printed = await lastLines(log);
    const taken = printed.includes('could not bind');
    if (!taken || attempt === attempts) throw new Error(`PostgreSQL did not get ready; its log:\n${printed}`);
  }
}

/** Under a user of its own where this process is root. */
function startProgram(
  { programs, user: owner }: PostgresInstallation,
  guard: Guard,
  name: string,
  args: readonly string[],
  log: string,
): Promise<GuardedProgram> {
  const program = join(programs, name);
  if (owner === null) return guard.start(program, args, log);
  const privileges = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'];
  return guard.start('setpriv', [...privileges, program, ...args], log);
}

async function untilReady(server: GuardedProgram, port: number, password: string): Promise<boolean> {
  const late = Date.now() + readyWithinMs;
  while (server.running() && Date.now() < late) {
    try {
      await run('SELECT 1', port, password);
      // Another server could have been quicker to take the port; then this one has ended.
      await sleep(20);
      return server.running();
    } catch {
      await sleep(50);
    }
  }
  return false;
}

async function run(sql: string, port: number, password: string): ReturnType<PostgresServer['query']> {
  const client = new pg.Client({ host, port, user, password, database, ssl: false });
  client.on('error', () => undefined); // the query that is under way tells it
  await client.connect();
  try {
    const results: unknown = await client.query(sql);
    // Several statements give a list of results.
    const last: unknown = Array.isArray(results) ? results.at(-1) : results;
    return (last as pg.QueryResult<Record<string, unknown>>).rows;
  } finally {
    await client.end();
  }
}

interface PostgresParts {
  readonly server: GuardedProgram;
  readonly guard: Guard;
  readonly port: number;
  readonly password: string;
  readonly ca: string | null;
}

function serverOf({ server, guard, port, password, ca }: PostgresParts): PostgresServer {
  let stopping: Promise<void> | null = null;
  async function end(signal: NodeJS.Signals): Promise<void> {
    server.signal(signal);
    await server.ended();
  }
  return {
    host,
    port,
    database,
    user,
    password,
    ca,
    url: `postgres://${user}:${password}@${host}:${port}/${database}`,
    query: (sql) => run(sql, port, password),
    kill: () => end('SIGKILL'),
    stop() {
      // At once, but so that it gives its shared memory back.
      stopping ??= end('SIGQUIT').then(() => guard.close());
      return stopping;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-25).join('\n');
}
