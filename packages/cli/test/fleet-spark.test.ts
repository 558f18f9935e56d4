import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { smallEvents, writeSmallIncident } from './small-incident.js';
import { spawnEventmend } from './spawn-eventmend.js';

// Spark itself takes half a minute to start, and 518 MB: `npm run test:full` only.
const job = fileURLToPath(new URL('../fleet/eventmend_fleet.py', import.meta.url));
const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const home = fileURLToPath(new URL('../../../.nx/pyspark', import.meta.url));

/** A Python with Spark in it: that of EVENTMEND_PYSPARK, or one that is installed from PyPI once. Why not, where there is none. */
function pythonWithSpark(): { readonly bin: string } | { readonly missing: string } {
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

/** Executors are Java processes of Spark's own; those of this run have its folder among their words. */
function executorsOf(spark: string): readonly number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => /java .*CoarseGrainedExecutorBackend/.test(line) && line.includes(spark))
    .map((line) => Number(/^ *(\d+)/.exec(line)?.[1]));
}

interface Ended {
  readonly code: number | null;
  readonly log: string;
}

/** Runs the job on two executors, and kills one of them once a line of the log says what. */
function onSpark(spark: string, folder: string, killAt: RegExp | null): Promise<Ended> {
  const master = [
    '--master',
    'local-cluster[2,1,1024]',
    '--conf',
    'spark.ui.enabled=false',
    '--conf',
    'spark.speculation=true',
  ];
  const words = [
    'fleet',
    '--incident',
    join(folder, 'small.incident.yaml'),
    '--eventmend',
    `${process.execPath} ${bin}`,
  ];
  const env = { ...process.env, PYSPARK_PYTHON: join(spark, 'python'), SPARK_LOCAL_IP: '127.0.0.1' };
  const child = spawn(join(spark, 'spark-submit'), [...master, job, ...words, '--scratch', join(folder, 'scratch')], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let killed = killAt === null;
  const hear = (text: string): void => {
    log += text;
    if (killed || killAt?.test(log) !== true) return;
    killed = true;
    const [first] = executorsOf(join(spark, '..'));
    if (first !== undefined) execFileSync('kill', ['-9', String(first)]);
    log += first === undefined ? '\nNO EXECUTOR TO KILL\n' : '\nKILLED ONE\n';
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, log });
    });
  });
}

const events = smallEvents(6000);
const found = pythonWithSpark();
if ('missing' in found) console.warn(`\n*** SKIPPED for want of Spark: a fleet on Spark: ${found.missing}\n`);
if ('missing' in found && (process.env['CI'] ?? '') !== '') throw new Error(found.missing);

it.skipIf('missing' in found)(
  'keys that wander between partitions, an executor killed: the digests of one machine',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eventmend-spark-'));
    try {
      writeSmallIncident(folder, { events });
      const said = async (...words: readonly string[]) => {
        const { code, out, err } = await spawnEventmend(folder, [...words, '--json', '--quiet']);
        expect(code, err).toBe(0);
        return JSON.parse(out) as { run: { stateDigest: string; outputsDigest: string; totals: unknown } };
      };
      await said('plan', '--out', 'small.plan.json');
      await said('fleet', 'plan', 'fleet', '--plan', 'small.plan.json', '--tasks', '4');
      const { code, log } = await onSpark('bin' in found ? found.bin : '', folder, /Starting task 0\.0 in stage 1\.0/);
      expect(log).toContain('KILLED ONE');
      expect(code, log.slice(-3000)).toBe(0);
      const { run } = await said('fleet', 'collect', 'fleet');
      rmSync(join(folder, '.eventmend', 'runs'), { recursive: true });
      const alone = (await said('recover', '--plan', 'small.plan.json')).run;
      expect([run.stateDigest, run.outputsDigest, run.totals]).toEqual([
        alone.stateDigest,
        alone.outputsDigest,
        alone.totals,
      ]);
      expect(readFileSync(join(folder, 'fleet', 'fleet.json'), 'utf8')).toContain('"kind": "keys"');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
