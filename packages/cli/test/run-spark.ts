import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The PySpark job of the package. */
const sparkJob = fileURLToPath(new URL('../fleet/eventmend_fleet.py', import.meta.url));
const bin = fileURLToPath(new URL('../bundle/bin.js', import.meta.url));
const home = fileURLToPath(new URL('../../../.nx/pyspark', import.meta.url));

/** The command as an executor calls it. */
export const eventmendOnExecutor = `${process.execPath} ${bin}`;

/** A Python with Spark in it: that of EVENTMEND_PYSPARK, or one that is installed from PyPI once. Why not, where there is none. */
export function pythonWithSpark(): { readonly bin: string } | { readonly missing: string } {
  for (const program of ['java', 'python3']) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0)
      return { missing: `there is no ${program}` };
  }
  const folder = process.env['EVENTMEND_PYSPARK'] ?? home;
  if (!existsSync(join(folder, 'bin', 'spark-submit'))) {
    mkdirSync(folder, { recursive: true });
    const venv = spawnSync('python3', ['-m', 'venv', folder], { stdio: 'ignore' });
    const pip = spawnSync(join(folder, 'bin', 'pip'), ['install', '--quiet', 'pyspark>=4,<5'], { stdio: 'ignore' });
    if (venv.status !== 0 || pip.status !== 0) return { missing: 'PySpark cannot be installed' };
  }
  return { bin: join(folder, 'bin') };
}

export interface SparkRun {
  /** Folder of the programs of Spark. */
  readonly spark: string;
  /** Where the driver runs; two executors run below it. */
  readonly cwd: string;
  /** Arguments of the job. */
  readonly words: readonly string[];
  /** `local-cluster` with two executors if absent. */
  readonly master?: string;
  readonly conf?: readonly string[];
  /** Looked at again and again; the first time that it is true, `act` is done. */
  readonly when?: () => boolean;
  readonly act?: (run: { readonly driver: number; readonly executors: readonly number[] }) => void;
}

export interface SparkEnded {
  readonly code: number | null;
  readonly log: string;
  /** Whether `act` was done. */
  readonly acted: boolean;
}

/** Runs the job on two executors, which are processes of their own. */
export async function runOnSpark(run: SparkRun): Promise<SparkEnded> {
  const { spark, cwd, words, master = 'local-cluster[2,1,1024]', conf = [] } = run;
  const settings = ['spark.ui.enabled=false', ...conf].flatMap((setting) => ['--conf', setting]);
  const child = spawn(join(spark, 'spark-submit'), ['--master', master, ...settings, sparkJob, ...words], {
    cwd,
    env: { ...process.env, PYSPARK_PYTHON: join(spark, 'python'), SPARK_LOCAL_IP: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const hear = (text: string): void => {
    log += text;
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const ended = { code: undefined as number | null | undefined };
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      ended.code = code;
      resolve();
    });
  });
  let acted = run.when === undefined;
  try {
    while (!acted && ended.code === undefined) {
      await Promise.race([closed, sleep(20)]);
      if (run.when?.() !== true) continue;
      const executors = executorsOf(log, join(spark, '..'));
      if (executors.length === 0) continue;
      acted = true;
      run.act?.({ driver: child.pid ?? 0, executors });
    }
    await closed;
  } finally {
    if (ended.code === undefined) child.kill();
  }
  return { code: ended.code ?? null, log, acted };
}

/** Executors are Java processes of Spark's own; those of this run name the port of its driver among their words. */
function executorsOf(log: string, spark: string): readonly number[] {
  const [, port = ''] = /'sparkDriver' on port (\d+)/.exec(log) ?? [];
  const { stdout } = spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => /java .*CoarseGrainedExecutorBackend/.test(line) && line.includes(spark))
    .filter((line) => port !== '' && line.includes(`:${port} `))
    .map((line) => Number(/^ *(\d+)/.exec(line)?.[1]));
}

export interface SparkCluster {
  /** For `--master`. */
  readonly master: string;
  stop(): void;
}

/**
 * A cluster of two machines, as far as Spark can tell: each worker has an address of its own. In `local-cluster` both have the
 * same, and Spark never runs a task twice at once on one machine.
 */
export async function startSparkCluster(spark: string, cwd: string): Promise<SparkCluster> {
  const children: ChildProcess[] = [];
  const stop = (): void => {
    for (const child of children) child.kill();
  };
  const start = async (name: string, words: readonly string[], ready: RegExp): Promise<string> => {
    const child = spawn(join(spark, 'spark-class'), [`org.apache.spark.deploy.${name}`, ...words], {
      cwd,
      env: { ...process.env, PYSPARK_PYTHON: join(spark, 'python') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    for (;;) {
      const [found] = ready.exec(log) ?? [];
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`${name} ended with code ${child.exitCode}:\n${log}`);
      await sleep(50);
    }
  };
  try {
    const address = ['--port', '0', '--webui-port', '0'];
    const master = await start('master.Master', ['--host', '127.0.0.1', ...address], /spark:\/\/127\.0\.0\.1:\d+/);
    const limits = ['--cores', '1', '--memory', '1g', '--work-dir', join(cwd, 'work')];
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      await start(
        'worker.Worker',
        ['--host', host, ...address, ...limits, master],
        /Successfully registered with master/,
      );
    }
    return { master, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
