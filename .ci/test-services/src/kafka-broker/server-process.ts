import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Guard, GuardedProgram } from '../programs/start-guard.js';
import { waitForMetadata } from './wait-for-metadata.js';

export interface ServerOptions {
  readonly folder: string;
  readonly java: string;
  /** The folder with the jars. */
  readonly jars: string;
  readonly guard: Guard;
  /** The identity of a cluster of several nodes. Default: one of its own. */
  readonly clusterId?: string;
  /** The arguments that give a fresh cluster its users. */
  readonly scram: readonly string[];
  readonly readyWithinMs: number;
}

/** The one process of a broker, one after the other over the same data. */
export interface Server {
  readonly dataFolder: string;
  readonly propertiesFile: string;
  /** Null while no process is running. */
  pid(): number | null;
  /**
   * Starts with what `propertiesFile` says and waits until `bootstrap`, the listener without security, tells metadata.
   * @throws Error with the end of the log when that does not happen.
   */
  start(bootstrap: string): Promise<'ready' | 'port taken'>;
  shutDown(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  ended(): Promise<void>;
}

/** Quick to start and small: the compiler that optimises less, and one thread for the garbage. */
const virtualMachine = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** An orderly end takes a second or two; after this time it is not waited for any longer. */
const shutDownMs = 15_000;

export function openServer(options: ServerOptions): Server {
  const { folder, java, jars, guard, readyWithinMs } = options;
  const dataFolder = join(folder, 'data');
  const propertiesFile = join(folder, 'server.properties');
  const log = join(folder, 'server.log');
  const formatLog = join(folder, 'format.log');
  let program: GuardedProgram | null = null;

  const run = (main: string, args: readonly string[], output: string): Promise<GuardedProgram> => {
    const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
    return guard.start(java, [...virtualMachine, logging, '-cp', join(jars, '*'), main, ...args], output);
  };

  /** Gives the data folder the identity of a cluster, where it has none yet, and tells it. */
  async function format(): Promise<string> {
    const identity = /^cluster\.id=(.+)$/m.exec(await readLog(join(dataFolder, 'meta.properties')))?.[1];
    if (identity !== undefined) return identity;
    const clusterId = options.clusterId ?? randomBytes(16).toString('base64url');
    // A cluster id that begins with a dash would be read as an option.
    const args = ['format', `--cluster-id=${clusterId}`, '-c', propertiesFile, ...options.scram];
    const { code, signal } = await (await run('kafka.tools.StorageTool', args, formatLog)).ended();
    if (code !== 0) {
      throw new Error(`the data of a broker cannot be set up (${signal ?? code}):\n${await lastLines(formatLog)}`);
    }
    return clusterId;
  }

  async function start(bootstrap: string): Promise<'ready' | 'port taken'> {
    const clusterId = await format();
    const before = await readLog(log);
    const server = await run('kafka.Kafka', [propertiesFile], log);
    program = server;
    const late = AbortSignal.timeout(readyWithinMs);
    const over = new AbortController();
    void server.end.then(() => over.abort());
    if (await waitForMetadata(bootstrap, clusterId, AbortSignal.any([late, over.signal]))) return 'ready';

    const gone = !server.running();
    await kill();
    const printed = (await readLog(log)).slice(before.length);
    if (gone && /Address already in use|Socket server failed to bind/.test(printed)) return 'port taken';
    const what = gone ? 'ended before it was ready' : `was not ready after ${readyWithinMs / 1000} seconds`;
    throw new Error(`the broker ${what}; the end of its log:\n${await lastLines(log)}`);
  }

  async function kill(): Promise<void> {
    program?.signal('SIGKILL');
    await program?.ended();
  }

  async function shutDown(): Promise<void> {
    const server = program;
    if (server === null || !server.running()) return;
    server.signal('SIGTERM');
    server.signal('SIGCONT');
    const tooLong = setTimeout(() => server.signal('SIGKILL'), shutDownMs);
    await server.ended();
    clearTimeout(tooLong);
  }

  return {
    dataFolder,
    propertiesFile,
    pid: () => (program?.running() === true ? program.pid : null),
    start,
    shutDown,
    kill,
    pause: () => program?.signal('SIGSTOP'),
    resume: () => program?.signal('SIGCONT'),
    ended: async () => {
      await program?.ended();
    },
  };
}

async function readLog(path: string): Promise<string> {
  return existsSync(path) ? await readFile(path, 'utf8') : '';
}

async function lastLines(path: string): Promise<string> {
  return (await readLog(path)).trimEnd().split('\n').slice(-25).join('\n');
}
