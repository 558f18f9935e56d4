import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMemoryLog,
  createMemorySnapshots,
  defineWorker,
  type MemoryEvent,
  type Position,
  type Verification,
} from '@eventmend/core';
import {
  collectTasks,
  completeInputs,
  fleetFiles,
  planFleet,
  runTask,
  verifyRun,
  verifyTask,
} from '@eventmend/core/engine';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { logReplay } from '@eventmend/log-replay';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventmend-fleet-verify-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Account {
  readonly balance: number;
  readonly seen: number;
  readonly cache: number;
}

const start = Date.UTC(2026, 2, 1);
const events = Array.from({ length: 120 }, (_, n): MemoryEvent => ({
  partition: n % 3,
  offset: Math.floor(n / 3),
  time: start + n * 1000,
  key: `p${n % 3}-${Math.floor(n / 3) % 5}`,
  value: { amount: ((n * 7) % 12) - 4.1 },
}));

const worker = defineWorker<{ amount: number }, Account>({
  name: 'accounts',
  version: '1.0.0',
  locality: 'partition',
  key: ({ key }) => key ?? '',
  outputs: { balance: { kind: 'latest' } },
  normalise: ({ balance, seen }) => ({ balance, seen }),
  invariants: { 'below ten': ({ balance }) => balance < 10, 'seen at all': ({ seen }) => seen > 0 },
  measures: { balances: ({ balance }) => balance, seen: ({ seen }) => seen },
  evolve: (before, event, context) => {
    const balance = Math.max(0, (before?.balance ?? 0) + event.value.amount);
    if (balance > 5) context.emit('balance', balance);
    return { balance, seen: (before?.seen ?? 0) + 1, cache: 7 };
  },
});

/** What a service had after the first events; keys of the third partition stand in it alone where `ends` says so. */
function statesAfter(some: readonly MemoryEvent[]) {
  const states = new Map<string, Account>();
  for (const { key, value } of some) {
    const { balance, seen } = states.get(key ?? '') ?? { balance: 0, seen: 0 };
    const next = Math.max(0, balance + (value as { amount: number }).amount);
    states.set(key ?? '', { balance: next, seen: seen + 1, cache: 3 });
  }
  return [...states].map(([key, state]) => ({ key, state }));
}

const early = 60;
const position: Position = [0, 1, 2].map((partition) => ({
  source: 'bank',
  topic: 'events',
  incarnation: '',
  partition,
  next: early / 3,
  order: { watermark: start + (early - 3 + partition) * 1000, clock: start + (early - 3 + partition) * 1000 },
}));
// It broke the rule before: a key that no event names later breaks it still, one that is named may not.
const broken = { key: 'p0-never', state: { balance: 11, seen: 1, cache: 0 } };

/** Where a run begins. `corrected`: at a snapshot that is trusted, and is not what the log, which is whole, leads to. */
type Beginning = 'genesis' | 'proven' | 'trusted' | 'corrected';

function inputsOf(beginning: Beginning, store: string) {
  const late = beginning === 'trusted';
  const recorded = statesAfter(events.slice(0, early));
  const [changed, ...others] = recorded;
  const corrected = { ...changed, state: { ...(changed?.state as object), balance: 500 } } as (typeof recorded)[number];
  const rows = late ? [...recorded, broken] : beginning === 'corrected' ? [corrected, ...others, broken] : recorded;
  return completeInputs({
    incident: { name: 'bank', digest: 'd', onset: start + (early + 30) * 1000, end: null },
    worker: { kind: 'definition', worker, hash: 'w' },
    logs: [
      {
        log: createMemoryLog({ source: 'bank', events: late ? events.slice(early) : events, fingerprint: beginning }),
        as: 'log',
      },
    ],
    snapshots:
      beginning === 'genesis'
        ? null
        : createMemorySnapshots([{ id: 'early', takenAt: start + (early - 1) * 1000, position, rows }]),
    trusted: late || beginning === 'corrected' ? ['early'] : [],
    totals: [{ measure: 'seen', value: rows.includes(broken) ? 121 : 120, of: 'the bank', at: null, within: 0 }],
    store,
    tuning: { batchEvents: 11 },
  });
}

async function collected(beginning: Beginning) {
  const inputs = inputsOf(beginning, join(folder, 'store'));
  const plan = await logReplay(inputs).plan();
  const [baseline] = plan.baseline;
  const isTrusted = beginning === 'trusted' || beginning === 'corrected';
  expect(baseline?.basis).toBe(isTrusted ? 'declared' : beginning);
  const files = fleetFiles(join(folder, 'fleet'));
  const { fleet } = await planFleet(inputs, { plan, files, tasks: 2 });
  expect(fleet?.spread.kind).toBe('partitions');
  for (const task of [0, 1]) await runTask(inputs, { files, task, scratch: join(folder, 'scratch') });
  const { runId } = await collectTasks(inputs, files);
  return { inputs, files, runId };
}

function withoutExamples({ checks, ...verification }: Verification) {
  return {
    ...verification,
    checks: checks.map(({ detail, ...check }) => ({
      ...check,
      detail: detail.kind === 'invariant' ? { ...detail, first: null, keys: [] } : detail,
    })),
  };
}

describe('verifying task by task', () => {
  it.each(['genesis', 'proven', 'trusted', 'corrected'] as const)(
    'is verifying on one machine (%s)',
    async (beginning) => {
      const { inputs, files, runId } = await collected(beginning);
      const here = await verifyRun(inputs, runId, {});
      for (const task of [0, 1]) {
        const { agrees, rows } = await verifyTask(inputs, { files, task });
        expect([agrees, rows.result]).toEqual([true, 'passed']);
      }
      const joined = await verifyRun(inputs, runId, {});
      const shares = joined.checks.filter(({ name }) => name === 'shares');
      expect(shares.map(({ result }) => result)).toEqual(['passed']);
      const checks = joined.checks.filter((check) => !shares.includes(check));
      expect(withoutExamples({ ...joined, checks })).toEqual(withoutExamples(here));
      // Which of the keys that break a rule are named depends on who looks first; those that are named do break it.
      const rule = joined.checks.find(({ detail }) => detail.kind === 'invariant' && detail.invariant === 'below ten');
      const named = rule?.detail.kind === 'invariant' ? (rule.detail.keys ?? []) : [];
      expect(named.length).toBeGreaterThan(0);
      const states = new Map([...openRunCatalogue(inputs.store).states(runId)].map(({ key, state }) => [key, state]));
      expect(named.filter((key) => (states.get(key) as Account).balance < 10)).toEqual([]);
      const results = Object.fromEntries(joined.checks.map(({ name, result }) => [name, result]));
      expect(results).toMatchObject({ state: 'passed', outputs: 'passed', accounts: 'passed', total: 'passed' });
      if (beginning === 'corrected')
        expect(joined.checks.find(({ name }) => name === 'baseline')).toMatchObject({
          result: 'not-checked',
          // The one that was changed, and the one that only the snapshot has.
          detail: { kind: 'baseline-trusted', snapshot: 'early', keys: 2 },
        });
      // The tasks were asked, and not this machine: without one of them, there is no answer.
      rmSync(join(files.verified, 'task-1.json'));
      await expect(verifyRun(inputs, runId, {})).rejects.toMatchObject({ code: 'tasks-missing' });
    },
  );

  it('finds a state that was changed in the store of a task, and a verification that was changed', async () => {
    const { inputs, files, runId } = await collected('genesis');
    for (const task of [0, 1]) await verifyTask(inputs, { files, task });
    const file = join(files.verified, 'task-0.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"outputs": ', '"outputs": 1'));
    await expect(verifyRun(inputs, runId, {})).rejects.toMatchObject({ code: 'invalid-task' });
    writeFileSync(file, text);
    expect((await verifyRun(inputs, runId, {})).checks.find(({ name }) => name === 'state')?.result).toBe('passed');

    const database = new Database(join(files.tasks, 'task-0', 'run.db'));
    database.exec('create table more (x); insert into more values (randomblob(100000))');
    database.close();
    await expect(verifyTask(inputs, { files, task: 0 })).rejects.toMatchObject({ code: 'invalid-task' });
    await expect(verifyRun(inputs, runId, {})).rejects.toMatchObject({ code: 'invalid-task' });
  });

  it('a worker that does not give the same twice is not reproduced', async () => {
    const { inputs, files } = await collected('genesis');
    const definition: object = {
      ...worker.definition,
      evolve: (_: unknown, event: { readonly value: unknown }) => event.value,
    };
    const other = defineWorker(definition as Parameters<typeof defineWorker<unknown, unknown>>[0]);
    const changed = { ...inputs, worker: { kind: 'definition' as const, worker: other, hash: 'w' } };
    const { agrees } = await verifyTask(changed, { files, task: 0 });
    expect(agrees).toBe(false);
  });
});
