import {
  cpSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createMemoryLog,
  defineWorker,
  type MemoryEvent,
  type Plan,
  type RunReport,
  type Worker,
  type Verification,
} from '@eventmend/core';
import {
  collectTasks,
  completeInputs,
  fleetFiles,
  planFleet,
  readEvents,
  runTask,
  verifyRun,
  verifyTask,
  type FleetPlan,
} from '@eventmend/core/engine';
import { isVerified, openRunCatalogue } from '@eventmend/core/sqlite';
import { logReplay } from '@eventmend/log-replay';

interface Booking {
  readonly account: string;
  readonly other?: string;
  readonly amount: number;
}

const seed = Number(process.env['EVENTMEND_FLEET_SEED'] ?? 20261130);
const numRuns = process.env['EVENTMEND_FULL'] === '1' ? 200 : 5;

let root: string;
let folders = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'eventmend-fleet-'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function newFolder(): string {
  return join(root, `case-${folders++}`);
}

interface Balance {
  readonly balance: number;
  readonly seen: number;
}

/** A balance that never falls below zero, so that the order matters; an amount of 13 is poison. */
function book(
  before: Balance | undefined,
  { value }: { readonly value: Booking },
  emit: (balance: number) => void,
): Balance {
  if (value.amount === 13) throw new Error('thirteen');
  const balance = Math.max(0, (before?.balance ?? 0) + value.amount);
  if (value.amount % 2 === 0) emit(balance);
  return { balance, seen: (before?.seen ?? 0) + 1 };
}

interface Changes {
  readonly locality?: 'partition';
  readonly deduplicates?: true;
  readonly counting?: () => number;
}

function balances({ locality, deduplicates, counting }: Changes = {}): Worker {
  return defineWorker<Booking, Balance>({
    name: 'balances',
    version: '1.0.0',
    key: ({ value }) => value.account,
    outputs: { balance: { kind: 'latest' } },
    invariants: { 'balance below 30': ({ balance }) => balance < 30 },
    measures: { seen: ({ seen }) => seen, tenths: ({ balance }) => balance / 10 },
    ...(locality !== undefined && { locality }),
    ...(deduplicates === true && { deduplicate: { window: 5, id: ({ value }) => String(value.amount) } }),
    evolve: (state, event, context) => {
      const next = book(state, event, (balance) => context.emit('balance', balance));
      return counting === undefined ? next : { ...next, balance: counting() };
    },
  });
}

/** The same; an event may name another key too, which takes over what the first one has. */
function pairs(): Worker {
  return defineWorker<Booking, Balance>({
    name: 'pairs',
    version: '1.0.0',
    keys: ({ value }) => (value.other === undefined ? [value.account] : [value.account, value.other]),
    outputs: { balance: { kind: 'latest' } },
    evolve(states, event, context) {
      const { account, other } = event.value;
      const next = book(states.get(account), event, (balance) => context.emit('balance', balance, { key: account }));
      states.set(account, next);
      if (other !== undefined) states.set(other, next);
    },
  });
}

interface Situation {
  readonly worker: Worker;
  readonly events: readonly MemoryEvent[];
  readonly poison?: 'stop' | 'quarantine-event' | 'quarantine-key';
  readonly holes?: boolean;
}

function inputsOf({ worker, events, poison = 'stop' }: Situation, store: string) {
  return completeInputs({
    worker,
    logs: [createMemoryLog({ events, pageSize: 7, source: 'bank', fingerprint: 'f' })],
    poison,
    store,
    tuning: { batchEvents: 11 },
  });
}

type Inputs = ReturnType<typeof inputsOf>;

/** What the readers wrote, sorted as a shuffle does, for one task: with the line that counts behind it. */
async function shuffle(inputs: Inputs, folder: string, fleet: FleetPlan, again = false): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { number } of fleet.readers) {
    const file = join(folder, `lines-${number}`);
    const output = openSync(file, 'w');
    await readEvents(inputs, { files: fleetFiles(folder), reader: number, output, again });
    closeSync(output);
    lines.push(
      ...readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
  }
  return fleet.tasks.map(({ number }) => {
    const own = lines
      .map((line) => line.split('\t'))
      .filter(([task]) => Number(task) === number)
      .sort(([, a = ''], [, b = '']) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, , event = '']) => event);
    const file = join(folder, `input-${number}`);
    writeFileSync(file, [...own, `{"end": ${own.length}}`].join('\n') + '\n');
    return file;
  });
}

async function doTask(inputs: Inputs, folder: string, task: number, inputFile?: string) {
  const files = fleetFiles(folder);
  const scratch = join(folder, 'scratch');
  if (inputFile === undefined) return runTask(inputs, { files, task, scratch });
  const input = openSync(inputFile, 'r');
  try {
    return await runTask(inputs, { files, task, scratch, input });
  } finally {
    closeSync(input);
  }
}

interface Planned {
  readonly inputs: Inputs;
  readonly plan: Plan;
  readonly fleet: FleetPlan;
  readonly folder: string;
}

async function planned(situation: Situation, tasks: number): Promise<Planned> {
  const folder = newFolder();
  const inputs = inputsOf(situation, join(folder, 'store'));
  const plan = await logReplay(inputs).plan();
  const { fleet, refused } = await planFleet(inputs, { plan, files: fleetFiles(folder), tasks });
  if (fleet === null) throw new Error(`refused: ${refused.kind}`);
  return { inputs, plan, fleet, folder };
}

async function onFleet(situation: Situation, tasks: number): Promise<{ report: RunReport } & Planned> {
  const all = await planned(situation, tasks);
  const { inputs, fleet, folder } = all;
  const given = fleet.spread.kind === 'keys' ? await shuffle(inputs, folder, fleet) : [];
  for (const { number } of fleet.tasks) await doTask(inputs, folder, number, given[number]);
  return { ...all, report: await collectTasks(inputs, fleetFiles(folder)) };
}

/** Everything of a report that a fleet must have the same. */
function lasting({ elapsedMs: _, eventsPerSecond: __, ...report }: RunReport) {
  return report;
}

function everything(store: string, runId: string) {
  const catalogue = openRunCatalogue(store);
  return {
    states: [...catalogue.states(runId)],
    outputs: [...catalogue.outputs(runId)],
    quarantined: [...catalogue.quarantined(runId)],
  };
}

/** On one machine and on a fleet: the same run, and one that is verified. */
async function expectSame(situation: Situation, tasks: number): Promise<void> {
  const { report, inputs, plan, fleet, folder } = await onFleet(situation, tasks);
  const alone = { ...inputs, store: newFolder() };
  const run = await logReplay(alone).recover(plan);
  expect(lasting(report)).toEqual(lasting(run.report));
  expect(everything(inputs.store, report.runId)).toEqual(everything(alone.store, report.runId));
  const here = await verifyRun(inputs, report.runId, {});
  expect(here.checks.filter(({ name, result }) => result === 'failed' && name !== 'invariant')).toEqual([]);
  const joined = await verifiedAsFleet(inputs, folder, fleet, report.runId);
  const isByKey = fleet.spread.kind === 'keys';
  const shares = joined.checks.filter(({ name }) => name === 'shares');
  const expected = fleet.tasks.length === 1 ? [] : [isByKey ? 'not-checked' : 'passed'];
  expect(shares.map(({ result }) => result)).toEqual(expected);
  expect(withoutShares(joined)).toEqual(here);
  const missing = joined.verdict.verdict === 'incomplete' ? joined.verdict.missing : [];
  const isWeaker = isByKey && fleet.tasks.length > 1 && isVerified(joined);
  expect(missing.some(({ kind }) => kind === 'verified-in-same-shares')).toBe(isWeaker);
}

/** What one machine would have said. */
function withoutShares({ checks, verdict, ...same }: Verification): Verification {
  const missing =
    verdict.verdict === 'incomplete' ? verdict.missing.filter(({ kind }) => kind !== 'verified-in-same-shares') : [];
  const isComplete = verdict.verdict === 'complete' || missing.length === 0;
  return {
    ...same,
    checks: checks.filter(({ name }) => name !== 'shares'),
    verdict: isComplete ? { verdict: 'complete' } : { verdict: 'incomplete', missing },
  };
}

/** Each task verified by itself, and what they came to joined. */
async function verifiedAsFleet(inputs: Inputs, folder: string, fleet: FleetPlan, runId: string) {
  const files = fleetFiles(folder);
  const given = fleet.spread.kind === 'keys' ? await shuffle(inputs, folder, fleet, true) : [];
  for (const { number: task } of fleet.tasks) {
    const input = openSync(given[task] ?? files.plan, 'r');
    const { agrees } = await verifyTask(inputs, { files, task, input });
    closeSync(input);
    expect(agrees).toBe(true);
  }
  return verifyRun(inputs, runId, {});
}

/** Events of some partitions with gaps in nothing, and times that are missing, fall, leap and are equal. */
function eventsOf(partitions: number, key: (n: number, partition: number) => Partial<Booking>, poisoned: boolean) {
  const one = fc.record({
    partition: fc.nat(partitions - 1),
    step: fc.constantFrom(0, 0, 1, 1000, -500, 90_000_000),
    untimed: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    n: fc.nat(30),
    amount: fc.integer({ min: -20, max: poisoned ? 30 : 12 }),
  });
  return fc.array(one, { minLength: 1, maxLength: 120 }).map((drawn): MemoryEvent[] => {
    const next = new Array<number>(partitions).fill(0);
    let time = 1_772_000_000_000;
    return drawn.map(({ partition, step, untimed, n, amount }) => {
      time += step;
      const offset = next[partition] ?? 0;
      next[partition] = offset + 1;
      const value = { account: 'a', amount, ...key(n, partition) };
      return { partition, offset, time: untimed ? null : time, key: `k${n}`, value };
    });
  });
}

/** Two keys break the invariant; one machine meets them in this order. */
function brokenIn(first: string, second: string, ...partitions: readonly number[]): MemoryEvent[] {
  return [first, second].map((account, n) => ({
    partition: partitions[n] ?? 0,
    offset: partitions[0] === partitions[1] ? n : 0,
    time: 1_772_000_000_000 + n,
    key: account,
    value: { account, amount: 30 },
  }));
}

describe(`a fleet comes to what one machine comes to (seed ${seed})`, () => {
  it('by partition, whatever the tasks are', async () => {
    const worker = balances({ locality: 'partition' });
    await fc.assert(
      fc.asyncProperty(
        eventsOf(4, (n, partition) => ({ account: `p${partition}-${n % 4}` }), true),
        fc.integer({ min: 1, max: 5 }),
        (events, tasks) => expectSame({ worker, events, poison: 'quarantine-key' }, tasks),
      ),
      { numRuns, seed, examples: [[brokenIn('p3-0', 'p1-0', 3, 1), 2]] },
    );
  });

  it('by key, where keys wander between partitions and times are missing, equal, falling and leaping', async () => {
    const worker = balances();
    await fc.assert(
      fc.asyncProperty(
        eventsOf(3, (n) => ({ account: `a${n % 7}` }), true),
        fc.integer({ min: 1, max: 4 }),
        (events, tasks) => expectSame({ worker, events, poison: 'quarantine-key' }, tasks),
      ),
      { numRuns, seed, examples: [[brokenIn('a5', 'a0', 0, 0), 2]] },
    );
  });

  it('by groups of keys that events connect', async () => {
    const worker = pairs();
    const events = Array.from({ length: 90 }, (_, n): MemoryEvent => {
      const group = n % 5;
      const pair = n % 3 === 0 ? { other: `g${group}-${(n >> 1) % 3}` } : {};
      const value = { account: `g${group}-0`, ...(pair.other === `g${group}-0` ? {} : pair), amount: (n * 7) % 12 };
      return { partition: n % 3, offset: Math.floor(n / 3), time: 1000 + (n >> 1), value };
    });
    const { fleet } = await planned({ worker, events }, 3);
    expect(fleet.spread).toMatchObject({ kind: 'keys', groups: { groups: 5, connected: 5 } });
    await expectSame({ worker, events }, 3);
  });
});

it('what was derived to other outputs fails, by partition and by key', async () => {
  for (const locality of ['partition', 'global'] as const) {
    let more = 0;
    const fickle = defineWorker<Booking, Balance>({
      name: 'fickle',
      version: '1.0.0',
      locality,
      key: ({ value }) => value.account,
      outputs: { balance: { kind: 'latest' } },
      evolve: (state, event, context) => book(state, event, (balance) => context.emit('balance', balance + more)),
    });
    const { inputs, folder, fleet, report } = await onFleet({ worker: fickle, events: twoPartitions }, 2);
    const files = fleetFiles(folder);
    const given = fleet.spread.kind === 'keys' ? await shuffle(inputs, folder, fleet, true) : [];
    more = 1;
    const agreed = [];
    for (const { number: task } of fleet.tasks) {
      const input = openSync(given[task] ?? files.plan, 'r');
      agreed.push((await verifyTask(inputs, { files, task, input })).agrees);
      closeSync(input);
    }
    expect(agreed).toContain(false);
    const { checks } = await verifyRun(inputs, report.runId, {});
    const failed = checks.flatMap(({ name, result }) => (result === 'failed' ? [name] : []));
    expect(failed).toEqual(['outputs']);
  }
});

const twoPartitions = Array.from({ length: 40 }, (_, n): MemoryEvent => ({
  partition: n % 2,
  offset: n >> 1,
  time: 1000 + n,
  value: { account: `p${n % 2}-${n % 3}`, amount: n % 12 },
}));
const local = { worker: balances({ locality: 'partition' }), events: twoPartitions } as const;
const wandering = {
  worker: balances(),
  events: twoPartitions.map((event, n) => ({ ...event, value: { account: `a${n % 7}`, amount: n % 12 } })),
} as const;

describe('what is not spread', () => {
  async function refusal(situation: Situation) {
    const folder = newFolder();
    const inputs = inputsOf(situation, join(folder, 'store'));
    const plan = await logReplay(inputs).plan({ acceptGaps: true });
    const { fleet, refused } = await planFleet(inputs, { plan, files: fleetFiles(folder) });
    expect(fleet).toBeNull();
    return refused;
  }

  it('a worker whose events connect the keys, with the size of the largest group', async () => {
    const chained = twoPartitions.map((event, n) => ({
      ...event,
      value: { account: `a${n}`, other: `a${n + 1}`, amount: 1 },
    }));
    expect(await refusal({ worker: pairs(), events: chained })).toMatchObject({
      kind: 'connected',
      share: 1,
      groups: { keys: 41, largest: { keys: 41, events: 40 } },
    });
  });

  it('a window of recent ids, a hole, an event that names no key', async () => {
    const deduplicating = balances({ deduplicates: true });
    expect(await refusal({ ...wandering, worker: deduplicating })).toMatchObject({ kind: 'deduplicates' });
    expect(await refusal({ ...wandering, events: wandering.events.filter((_, n) => n !== 9) })).toMatchObject({
      kind: 'holes',
    });
    const nameless = wandering.events.map((event, n) => (n === 9 ? { ...event, value: null } : event));
    expect(await refusal({ worker: pairs(), poison: 'quarantine-event', events: nameless })).toMatchObject({
      kind: 'events-without-keys',
      events: 1,
    });
  });
});

describe('collecting', () => {
  async function refusedAs(folder: string, inputs: Inputs) {
    return collectTasks(inputs, fleetFiles(folder)).then(
      () => null,
      (error: unknown) => (error as { code?: string }).code,
    );
  }

  it('refuses what is missing, doubled, foreign, damaged or changed, and then takes what is whole', async () => {
    const { inputs, folder } = await planned(local, 2);
    const tasks = join(folder, 'tasks');
    await doTask(inputs, folder, 0);
    expect(await refusedAs(folder, inputs)).toBe('tasks-missing');
    const { as } = await doTask(inputs, folder, 1);
    expect([as, (await doTask(inputs, folder, 1)).as]).toEqual(['done', 'found']);

    cpSync(join(tasks, 'task-1'), join(tasks, 'copy'), { recursive: true });
    expect(await refusedAs(folder, inputs)).toBe('invalid-task');
    rmSync(join(tasks, 'copy'), { recursive: true });

    const other = await planned(
      { ...local, events: twoPartitions.slice(2).map((event, n) => ({ ...event, offset: n >> 1 })) },
      2,
    );
    await doTask(other.inputs, other.folder, 1);
    renameSync(join(tasks, 'task-1'), join(root, 'aside'));
    cpSync(join(other.folder, 'tasks', 'task-1'), join(tasks, 'task-1'), { recursive: true });
    expect(await refusedAs(folder, inputs)).toBe('invalid-task');
    await expect(doTask(inputs, folder, 1)).rejects.toMatchObject({ code: 'invalid-task' });
    rmSync(join(tasks, 'task-1'), { recursive: true });
    renameSync(join(root, 'aside'), join(tasks, 'task-1'));

    for (const name of ['run.db', 'manifest.json']) {
      const file = join(tasks, 'task-1', name);
      const whole = readFileSync(file);
      const changed =
        name === 'run.db' ? Buffer.from(whole) : Buffer.from(String(whole).replace('"outputs": ', '"outputs": 1'));
      if (name === 'run.db') changed[whole.length - 1] = (changed[whole.length - 1] ?? 0) ^ 1;
      expect(changed.equals(whole)).toBe(false);
      writeFileSync(file, changed);
      expect(await refusedAs(folder, inputs), name).toBe('invalid-task');
      writeFileSync(file, whole);
    }
    expect(await refusedAs(folder, inputs)).toBeNull();
    expect(await refusedAs(folder, inputs)).toBe('plan-already-used');
  });

  it('finds a key that two tasks named', async () => {
    const events = twoPartitions.map((event, n) =>
      n === 39 ? { ...event, value: { account: 'p0-0', amount: 1 } } : event,
    );
    const { inputs, folder } = await planned({ ...local, events }, 2);
    await doTask(inputs, folder, 0);
    await doTask(inputs, folder, 1);
    expect(await refusedAs(folder, inputs)).toBe('key-in-several-partitions');
  });
});

describe('a task', () => {
  it('refuses events that break off, are out of order, or are said to be more', async () => {
    const { inputs, folder, fleet } = await planned(wandering, 1);
    const [file = ''] = await shuffle(inputs, folder, fleet);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const [first = '', second = '', ...rest] = lines;
    const last = lines.length - 1;
    const wrong = [
      lines.slice(0, -1),
      [second, first, ...rest],
      [...lines.slice(0, -1), '{"end":999}'],
      [first, first, ...rest],
      // As PySpark gives them where the machine with a part of the shuffle dies: fewer events, and the number of these.
      ['{"end":0}'],
      [...lines.slice(1, -1), JSON.stringify({ end: last - 1 })],
      [...lines.slice(0, 5), ...lines.slice(6, -1), JSON.stringify({ end: last - 1 })],
    ];
    for (const some of wrong) {
      const given = join(folder, 'wrong');
      writeFileSync(given, some.join('\n') + '\n');
      await expect(doTask(inputs, folder, 0, given)).rejects.toMatchObject({ code: 'invalid-task-input' });
    }
    await expect(doTask(inputs, folder, 0)).rejects.toMatchObject({ code: 'invalid-task-input' });
    // What the attempts had committed is gone on with, and comes to the same.
    const { manifest } = await doTask(inputs, folder, 0, file);
    const fresh = await planned(wandering, 1);
    const [again = ''] = await shuffle(fresh.inputs, fresh.folder, fresh.fleet);
    expect((await doTask(fresh.inputs, fresh.folder, 0, again)).manifest.result).toBe(manifest.result);
  });

  it('names the event on which the worker fails, and leaves nothing in the folder of the fleet', async () => {
    const events = twoPartitions.map((event, n) =>
      n === 21 ? { ...event, value: { account: 'p1-0', amount: 13 } } : event,
    );
    const { inputs, folder } = await planned({ ...local, events }, 2);
    const failed = await Promise.allSettled([doTask(inputs, folder, 0), doTask(inputs, folder, 1)]);
    const reasons = failed.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(reasons).toEqual([expect.stringMatching(/events\[1\]@10.*thirteen/s)]);
    expect(readdirSync(join(folder, 'tasks'))).toEqual([expect.stringMatching(/^task-[01]$/)]);
  });

  it('may run twice at once: one result, or an error where they differ', async () => {
    const { inputs, folder } = await planned(local, 1);
    const both = await Promise.all([doTask(inputs, folder, 0), doTask(inputs, folder, 0)]);
    expect(both.map(({ as }) => as).sort()).toEqual(['done', 'found']);

    let calls = 0;
    const fickle = balances({ locality: 'partition', counting: () => Math.floor(calls++ / 1000) });
    const unsteady = await planned({ ...local, worker: fickle }, 1);
    calls = 0;
    const first = doTask(unsteady.inputs, unsteady.folder, 0).then((one) => ((calls = 5000), one));
    await first;
    renameSync(join(unsteady.folder, 'tasks', 'task-0'), join(root, 'first'));
    const { files } = { files: fleetFiles(unsteady.folder) };
    const second = runTask(
      unsteady.inputs,
      { files, task: 0, scratch: join(root, 'other') },
      {
        onProgress: () => {
          try {
            renameSync(join(root, 'first'), join(unsteady.folder, 'tasks', 'task-0'));
          } catch {
            // it is there already
          }
        },
      },
    );
    await expect(second).rejects.toMatchObject({ code: 'task-not-reproduced' });
  });
});
