import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventmendOnExecutor, pythonWithSpark, runOnSpark, startSparkCluster, type SparkRun } from './run-spark.js';
import { smallEvents, writeSmallIncident, type SmallIncident } from './small-incident.js';
import { spawnEventmend } from './spawn-eventmend.js';

// Spark itself takes half a minute to start, and 518 MB: `npm run test:full` only.
const found = pythonWithSpark();
if ('missing' in found) console.warn(`\n*** SKIPPED for want of Spark: a fleet on Spark: ${found.missing}\n`);
if ('missing' in found && (process.env['CI'] ?? '') !== '') throw new Error(found.missing);
const spark = 'bin' in found ? found.bin : '';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventmend-spark-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Told {
  readonly run: {
    readonly runId: string;
    readonly stateDigest: string;
    readonly outputsDigest: string;
    readonly totals: unknown;
  };
}

async function eventmend(...words: readonly string[]): Promise<Told> {
  const { code, out, err } = await spawnEventmend(folder, [...words, '--json', '--quiet']);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Told;
}

function lasting({ run: { stateDigest, outputsDigest, totals } }: Told) {
  return { stateDigest, outputsDigest, totals };
}

const scratch = 'scratch';

/** The job over the fleet in the folder. */
function job(options: Partial<SparkRun> = {}, command = eventmendOnExecutor, ...more: readonly string[]) {
  const incident = join(folder, 'small.incident.yaml');
  const words = ['fleet', '--incident', incident, '--eventmend', command, '--scratch', join(folder, scratch), ...more];
  return runOnSpark({ spark, cwd: folder, words, ...options });
}

/** A store that a task has begun: it is in the middle of its events, and nothing of it is in the folder of the fleet. */
function isWorking(): boolean {
  return filesBelow(join(folder, scratch)).some((file) => file.endsWith('run.db'));
}

function published(): number {
  return filesBelow(join(folder, 'fleet', 'tasks')).filter((file) => /^task-\d+.manifest\.json$/.test(file)).length;
}

function filesBelow(top: string): readonly string[] {
  if (!existsSync(top)) return [];
  try {
    return readdirSync(top, { recursive: true, encoding: 'utf8' });
  } catch {
    // A folder went away while it was read.
    return [];
  }
}

function killFirst({ executors: [first = 0] }: { readonly executors: readonly number[] }): void {
  process.kill(first, 'SIGKILL');
}

async function planned(incident: SmallIncident, tasks: number, partitionLocal = false): Promise<void> {
  writeSmallIncident(folder, incident);
  if (partitionLocal) {
    const file = join(folder, 'worker.ts');
    const text = readFileSync(file, 'utf8').replace("version: '1.0.0',", "version: '1.0.0',\n  locality: 'partition',");
    writeFileSync(file, text.replace('event.value.account,', '`${event.partition}-${event.value.account}`,'));
  }
  await eventmend('plan', '--out', 'small.plan.json');
  await eventmend('fleet', 'plan', 'fleet', '--plan', 'small.plan.json', '--tasks', String(tasks));
  const { spread } = JSON.parse(readFileSync(join(folder, 'fleet', 'fleet.json'), 'utf8')) as {
    spread: { kind: string };
  };
  expect(spread.kind).toBe(partitionLocal ? 'partitions' : 'keys');
}

/** Collects, verifies, and holds the digests against those of one machine. */
async function expectDigestsOfOneMachine(): Promise<void> {
  const collected = await eventmend('fleet', 'collect', 'fleet');
  await eventmend('verify', collected.run.runId);
  rmSync(join(folder, '.eventmend', 'runs'), { recursive: true });
  expect(lasting(collected)).toEqual(lasting(await eventmend('recover', '--plan', 'small.plan.json')));
}

/** The tasks are derived again on Spark; `verify`, which joins what they came to, then reads no event. */
async function verifyOnSpark(): Promise<void> {
  const { code, log } = await job({}, eventmendOnExecutor, '--verify');
  expect(code, log.slice(-3000)).toBe(0);
  expect(readdirSync(join(folder, 'fleet', 'verified')).length).toBeGreaterThan(1);
}

/** Makes each event last, so that a task is long enough to be met in its middle. It changes no result. */
const slowly = 'for (const end = performance.now() + 0.5; performance.now() < end; );';
const events = smallEvents(6000);

describe.skipIf('missing' in found)('a fleet on Spark with two executors', () => {
  it('by key, the keys wandering between partitions, an executor killed in the middle of a task', async () => {
    await planned({ events, more: slowly }, 4);
    const { code, log, acted } = await job({ when: isWorking, act: killFirst });
    expect(acted).toBe(true);
    expect(code, log.slice(-3000)).toBe(0);
    expect(log).toMatch(/Lost executor|Executor updated: .* is now EXITED/);
    await verifyOnSpark();
    await expectDigestsOfOneMachine();
  });

  it('by partition, an executor killed in the middle of a task', async () => {
    await planned({ events, more: slowly }, 2, true);
    const { code, log, acted } = await job({ when: isWorking, act: killFirst });
    expect(acted).toBe(true);
    expect(code, log.slice(-3000)).toBe(0);
    expect(log).toMatch(/Lost executor|Executor updated: .* is now EXITED/);
    await verifyOnSpark();
    await expectDigestsOfOneMachine();
  });

  it('a worker that fails on one event ends the job, which names the event', async () => {
    const more = "if (event.offset === 1234) throw new Error('thirteen');";
    await planned({ events, more }, 2, true);
    const { code, log } = await job();
    expect(code).not.toBe(0);
    expect(log).toMatch(/error EM\d+: .*@1234\b/);
    expect((await spawnEventmend(folder, ['fleet', 'collect', 'fleet'])).code).not.toBe(0);
  });

  it('a full disk on one executor: Spark leaves it, and the other one does its tasks', async () => {
    await planned({ events }, 4);
    // The first executor has no room for what a task writes; it fails as a full disk does, with exit code 75.
    const narrow = join(folder, 'narrow');
    const limited = `case "$PWD" in */0) [ "$2" = task ] && { trap '' XFSZ; ulimit -f 16; };; esac\n`;
    writeFileSync(narrow, `#!/bin/bash\n${limited}exec ${eventmendOnExecutor} "$@"\n`, { mode: 0o755 });
    const ended = await job({ conf: ['spark.excludeOnFailure.enabled=true', 'spark.task.maxFailures=6'] }, narrow);
    expect(ended.code, ended.log.slice(-3000)).toBe(0);
    expect(ended.log).toContain('error code 75');
    await expectDigestsOfOneMachine();
  });

  it('a driver that dies before all tasks are done: the job again does the others', async () => {
    await planned({ events, more: slowly }, 4);
    const first = await job({
      when: () => published() > 0,
      act: ({ driver }) => {
        process.kill(driver, 'SIGKILL');
      },
    });
    expect([first.acted, first.code]).toEqual([true, null]);
    const early = published();
    expect(early).toBeLessThan(4);
    const unfinished = await spawnEventmend(folder, ['fleet', 'collect', 'fleet']);
    expect(unfinished.code).not.toBe(0);
    expect(unfinished.err).toMatch(/of 4 tasks are not done/);
    const { code, log } = await job();
    expect(code, log.slice(-3000)).toBe(0);
    expect(existsSync(join(folder, 'fleet', 'tasks', 'task-3', 'manifest.json'))).toBe(true);
    await expectDigestsOfOneMachine();
  });

  it('a slow task runs twice at once, on two machines: one result', async () => {
    await planned({ events, more: `if (event.partition === 0) ${slowly}` }, 2, true);
    const cluster = await startSparkCluster(spark, folder);
    try {
      const conf = [
        ...['spark.speculation=true', 'spark.speculation.interval=100ms', 'spark.speculation.minTaskRuntime=100ms'],
        ...['spark.speculation.quantile=0.5', 'spark.speculation.multiplier=1.01', 'spark.executor.memory=512m'],
      ];
      const { code, log } = await job({ master: cluster.master, conf });
      expect(code, log.slice(-3000)).toBe(0);
      // Task 0 or 1 has the slow partition; its second attempt began while the first one was at work.
      expect(log).toMatch(/Marking task \d in stage 0\.0 .* as speculatable/);
      expect(log).toMatch(/Starting task \d\.1 in stage 0\.0/);
      await expectDigestsOfOneMachine();
    } finally {
      cluster.stop();
    }
  });
});
