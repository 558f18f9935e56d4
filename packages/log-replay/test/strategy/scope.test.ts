import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createMemorySnapshots, type Plan } from '@eventmend/core';
import {
  loadWorkerModule,
  namePlan,
  positionFromJson,
  unbalancedAccounts,
  type ReplayPlanOptions,
} from '@eventmend/core/engine';
import { runFiles } from '@eventmend/core/sqlite';
import { logReplay } from '@eventmend/log-replay';
import { describe, expect, it } from 'vitest';
import {
  epoch,
  failure,
  fixtures,
  readBack,
  recovered,
  snapshotsOf,
  type Fixture,
  type FixtureEvent,
} from './replay-fixture.js';

const use = fixtures();

/** Moves an amount between two accounts; the result depends on the order. */
const transferWorker = `{
  name: 'transfers', version: '1.0.0',
  keys: (event) => event.value.accounts,
  outputs: { moved: { kind: 'event' } },
  /* MORE */
  evolve(states, event, context) {
    const [from, to] = event.value.accounts;
    const before = states.get(from) ?? { cents: 0, seen: 0 };
    const moved = Math.min(before.cents + 10, event.value.cents);
    states.set(from, { cents: before.cents + 10 - moved, seen: before.seen + 1 });
    if (to === undefined) return;
    const other = states.get(to) ?? { cents: 0, seen: 0 };
    states.set(to, { cents: other.cents + moved, seen: other.seen + 1 });
    context.emit('moved', moved, { key: to });
  },
}`;

/** Three tenants over two partitions: accounts of one share events, those of two never do; beta-2 joins late. */
const transfers: readonly (readonly [tenant: string, ...accounts: string[]])[] = [
  ['acme', 'acme-1', 'acme-2'],
  ['beta', 'beta-1'],
  ['acme', 'acme-2', 'acme-3'],
  ['gamma', 'gamma-1', 'gamma-2'],
  ['acme', 'acme-1'],
  ['beta', 'beta-2'],
  ['acme', 'acme-3', 'acme-1'],
  ['beta', 'beta-2', 'beta-1'],
  ['gamma', 'gamma-2'],
  ['acme', 'acme-2'],
];

const events = transfers.map(([tenant, ...accounts], n): FixtureEvent => ({
  partition: n % 2,
  time: epoch + n * 1000,
  value: { tenant, accounts, cents: 7 * n },
}));

const acme = ['acme-1', 'acme-2', 'acme-3'];

const planOf = (f: Fixture, options: ReplayPlanOptions, part = {}): Promise<Plan> =>
  logReplay(f.but({ store: join(f.folder, 'limited'), ...part })).plan(options);

describe('a recovery that is limited to a tenant', () => {
  it('gives the states and outputs that the whole recovery gives for its keys, and touches no other', async () => {
    const f = use(events, transferWorker);
    const whole = await recovered(f.situation);
    const limited = f.but({ store: join(f.folder, 'limited') });
    const plan = await logReplay(limited).plan({ scope: { where: ['value.tenant = "acme"'] } });
    expect(plan.scope).toMatchObject({
      request: { keys: 0, where: ['value.tenant = "acme"'], partitions: [] },
      seeds: 3,
      keys: acme,
      keysInAll: 7,
      events: { inside: 5, outside: 5, withoutKeys: 0 },
      joined: [],
      unknown: { count: 0, first: [] },
    });
    const report = (await logReplay(limited).recover(plan)).report;
    const { states, outputs } = readBack(limited, report);
    expect(states).toEqual(Object.fromEntries(acme.map((key) => [key, whole.states[key]])));
    expect(outputs).toEqual(whole.outputs.filter(([key]) => acme.includes(key)));
    expect(report.totals).toMatchObject({ offsets: 10, applied: 5, skipped: { 'out-of-scope': 5 } });
    expect(unbalancedAccounts(report.accounts)).toEqual([]);
    expect(report.scope).toEqual({
      keys: 3,
      seeds: 3,
      keysInAll: 7,
      eventsInside: 5,
      eventsOutside: 5,
      liveOutside: null,
    });
    const verification = await logReplay(limited).verify(report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(verification.checks.find(({ name }) => name === 'scope')?.result).toBe('passed');
  });

  it('goes into the id of the plan, and a plan without limits is what it always was', async () => {
    const f = use(events, transferWorker);
    const ids = [];
    for (const scope of [
      undefined,
      { keys: acme },
      { keys: [...acme].reverse() },
      { where: ['value.tenant = "acme"'] },
    ]) {
      ids.push((await planOf(f, scope === undefined ? {} : { scope })).id);
    }
    expect(new Set(ids).size).toBe(3);
    expect(ids[1]).toBe(ids[2]);
    expect(await planOf(f, {})).not.toHaveProperty('scope');
  });

  it('begins at a snapshot with the states of its keys alone, and closes over the events behind it only', async () => {
    const f = use(events, transferWorker);
    const upTo = (next: string) => ({
      target: { kind: 'offsets' as const, offsets: [0, 1].map((partition) => ({ partition, next: Number(next) })) },
    });
    const before = await recovered(f.but({ store: join(f.folder, 'before') }), upTo('4'));
    await f.writeSnapshot('s', [4, 4], before.states);
    const situation = f.but({ snapshots: snapshotsOf(f), store: join(f.folder, 'limited') });
    const whole = await recovered(f.but({ store: join(f.folder, 'whole') }));
    // Behind the snapshot nothing connects acme-2 with the others any more.
    const plan = await logReplay(situation).plan({ scope: { keys: ['acme-2'] } });
    expect(plan.baseline[0]?.source).toMatchObject({ kind: 'snapshot', id: 's' });
    expect(plan.scope).toMatchObject({ keys: ['acme-2'], keysInAll: 7, events: { inside: 1, outside: 1 } });
    const report = (await logReplay(situation).recover(plan)).report;
    expect(readBack(situation, report).states).toEqual({ 'acme-2': whole.states['acme-2'] });
    const verification = await logReplay(situation).verify(report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(verification.checks.find(({ name }) => name === 'baseline')?.result).toBe('passed');
  });

  it('compares with the live state over its keys, and counts the live keys that it leaves alone', async () => {
    const f = use(events, transferWorker);
    const whole = await recovered(f.situation);
    const rows = Object.entries(whole.states).map(([key, state]) => ({
      key,
      state: key === 'gamma-1' || key === 'acme-3' ? { cents: -1, seen: 0 } : state,
    }));
    const position = positionFromJson([0, 1].map((partition) => ({ topic: 't', partition, next: '5' })));
    const live = createMemorySnapshots([{ id: 'live', position, rows: [...rows, { key: 'stray', state: 1 }] }]);
    const situation = f.but({ live, store: join(f.folder, 'limited') });
    const { report } = await recovered(situation, { scope: { keys: ['acme-1'] }, acceptClosure: true });
    expect(report.live).toMatchObject({ compared: true, keys: 3, differing: 1, onlyLive: 0 });
    expect(report.live?.firstDifference?.key).toBe('acme-3');
    expect(report.scope?.liveOutside).toBe(5);
    const verification = await logReplay(situation).verify(report);
    expect(verification.checks.find(({ name }) => name === 'scope')?.detail).toMatchObject({ liveOutside: 5 });
  });

  it('is not verified when a state of another key stands in the run', async () => {
    const f = use(events, transferWorker);
    const situation = f.but({ store: join(f.folder, 'limited') });
    const { report } = await recovered(situation, { scope: { keys: acme } });
    const database = new Database(runFiles(situation.store, report.runId).database);
    const row = database.prepare('SELECT * FROM state LIMIT 1').get() as Record<string, unknown>;
    const values = Object.values({ ...row, key: 'gamma-1' });
    database.prepare(`INSERT INTO state VALUES (${values.map(() => '?').join(', ')})`).run(...values);
    database.close();
    const { checks } = await logReplay(situation).verify(report);
    expect(checks.find(({ name }) => name === 'scope')).toMatchObject({
      result: 'failed',
      detail: { kind: 'key-out-of-scope', key: 'gamma-1' },
    });
  });
});

describe('the closure', () => {
  it('must be accepted where it is larger than what was chosen, and says which events draw keys in', async () => {
    const f = use(events, transferWorker);
    const scope = { keys: ['beta-1'] };
    const refused = await failure(planOf(f, { scope }));
    expect(refused.code).toBe('closure-not-accepted');
    expect(refused.message).toContain('together 2 of 7 keys (28 %), 3 of 10 events');
    expect(refused.message).toContain('key "beta-2" joins "beta-1" through t[1]@3');
    const plan = await planOf(f, { scope, acceptClosure: true });
    expect(plan.scope).toMatchObject({ seeds: 1, keys: ['beta-1', 'beta-2'] });
  });

  it('of a partition is that of the keys of its events', async () => {
    const f = use(events, transferWorker);
    const plan = await planOf(f, {
      scope: { partitions: [{ partition: 0 }], where: ['value.tenant != "gamma"'] },
      acceptClosure: true,
    });
    expect(plan.scope?.request).toEqual({ keys: 0, where: ['value.tenant != "gamma"'], partitions: ['0'] });
    expect(plan.scope?.keys).toEqual(acme);
    const named = await planOf(f, { scope: { partitions: [{ topic: 't', partition: 1 }] }, acceptClosure: true });
    expect(named.scope?.request.partitions).toEqual(['t[1]']);
    expect(named.scope?.keys).toHaveLength(7);
  });

  it('is noticed while running when the log no longer fits it', async () => {
    const f = use(events, transferWorker);
    const torn = await planOf(f, { scope: { keys: ['beta-1'] }, acceptClosure: true });
    const { scope } = torn;
    if (scope === undefined) throw new Error('no scope');
    const { id: _, ...unnamed } = { ...torn, scope: { ...scope, keys: ['beta-1'] } };
    const error = await failure(logReplay(f.but({ store: join(f.folder, 'limited') })).recover(namePlan(unnamed)));
    expect(error).toMatchObject({ code: 'event-crosses-scope', message: expect.stringContaining('t[1]@3') as string });
  });
});

describe('what a limited recovery passes over', () => {
  it('a poisoned event of another tenant stops nothing, and a duplicate of another tenant still counts as seen', async () => {
    const more = 'deduplicate: { id: (event) => event.value.id ?? null, window: 100 },';
    const worker = transferWorker
      .replace('/* MORE */', more)
      .replace('const [from', "if (event.value.cents < 0) throw new Error('poison'); const [from");
    const strange: readonly FixtureEvent[] = [
      { value: { tenant: 'b', accounts: ['b'], cents: -1, id: 'x' } },
      { value: { tenant: 'b', accounts: ['b'], cents: 1, id: 'y' } },
      { value: { tenant: 'a', accounts: ['a'], cents: 1, id: 'y' } },
      { value: { tenant: 'b', accounts: ['b'], cents: 1, id: 'y' } },
      { value: { tenant: 'a', accounts: ['a'], cents: 1, id: 'z' } },
    ];
    const f = use(strange, worker);
    expect((await failure(recovered(f.situation))).code).toBe('worker-failed');
    const situation = f.but({ store: join(f.folder, 'limited') });
    const { report, states } = await recovered(situation, { scope: { keys: ['a'] } });
    expect(states).toMatchObject({ a: { seen: 1 } });
    expect(report.totals).toMatchObject({ applied: 1, skipped: { 'out-of-scope': 2, 'duplicate-id': 2 } });
    expect(report.notes).toEqual([{ kind: 'unevaluated-in-deduplication', events: 2 }]);
    const { checks } = await logReplay(situation).verify(report);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it('an event that cannot name its keys is quarantined, and marks every key', async () => {
    const f = use([...events, { partition: 0, value: 'not JSON' }], transferWorker);
    const situation = f.but({ poison: 'quarantine-event', store: join(f.folder, 'limited') });
    const plan = await logReplay(situation).plan({ scope: { keys: acme } });
    expect(plan.scope?.events).toEqual({ inside: 5, outside: 5, withoutKeys: 1 });
    const report = (await logReplay(situation).recover(plan)).report;
    expect(report).toMatchObject({ quarantined: 1, verdict: { verdict: 'incomplete' } });
    expect(report.fidelity.keys).toEqual({ incomplete: 3 });
  });
});

describe('a scope that cannot be', () => {
  it.each([
    [{}, 'empty-scope', 'chooses nothing'],
    [{ keys: [], where: [], partitions: [] }, 'empty-scope', 'chooses nothing'],
    [{ keys: ['acme-9', 'x'] }, 'empty-scope', 'knows "acme-9", "x"'],
    [{ where: ['value.tenant = "nobody"'] }, 'empty-scope', 'none of the 10 events'],
    [{ keys: ['beta-1'], where: ['value.tenant = "nobody"'] }, 'empty-scope', 'none of the 10 events'],
    [{ where: ['value.tenant = "acme"', 'value.tenant = "beta"'] }, 'empty-scope', 'none of the 10 events'],
    [{ partitions: [{ partition: 7 }] }, 'empty-scope', 'no partition 7'],
    [{ partitions: [{ topic: 'other', partition: 0 }] }, 'empty-scope', 'no partition other[0]'],
    [{ where: ['value.tenant ='] }, 'invalid-condition', 'column 15'],
  ])('%j is %s', async (scope, code, said) => {
    const f = use(events, transferWorker);
    const error = await failure(planOf(f, { scope }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(said) as string });
  });

  it('has more keys than a plan can carry', async () => {
    const f = use(events, transferWorker);
    const keys = ['acme-1', ...Array.from({ length: 1_000_000 }, (_, n) => `k${n}`)];
    const error = await failure(planOf(f, { scope: { keys }, acceptClosure: true }));
    expect(error).toMatchObject({
      code: 'scope-too-large',
      message: expect.stringContaining('1,000,003 keys') as string,
    });
  });

  it('says which named keys nobody knows, and goes on with the others', async () => {
    const f = use(events, transferWorker);
    const plan = await planOf(f, { scope: { keys: [...acme, 'typo', 'acme-1'] } });
    expect(plan.scope).toMatchObject({ unknown: { count: 1, first: ['typo'] }, keys: [...acme, 'typo'], keysInAll: 8 });
  });

  it('is given up when a worker does not come back from its keys, naming the event', async () => {
    const f = use(
      events,
      transferWorker.replace(
        'event.value.accounts,',
        '{ if (event.offset === 3) for (;;); return event.value.accounts; },',
      ),
    );
    const endless = await failure(planOf(f, { scope: { keys: acme } }, { tuning: { eventTimeoutMs: 300 } }));
    expect(endless).toMatchObject({ code: 'worker-timeout', message: expect.stringContaining('t[0]@3') as string });
  });

  it('stops cleanly when asked to, in the middle of the events', async () => {
    const wait = '{ Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); return event.value.accounts; },';
    const f = use(events, transferWorker.replace('event.value.accounts,', wait));
    const stop = new AbortController();
    const onProgress = ({ phase }: { readonly phase: string }): void => {
      if (phase === 'scan') stop.abort();
    };
    const work = { signal: stop.signal, onProgress };
    const error = await failure(logReplay(f.situation).plan({ scope: { keys: acme } }, work));
    expect(error).toMatchObject({ code: 'interrupted', message: 'stopped before the scope was known' });
  });

  it('is resolved in this thread where the worker lives in it', async () => {
    const f = use(events, transferWorker);
    const { url } = f.situation.worker as { readonly url: string };
    const worker = await loadWorkerModule(url);
    const plan = await planOf(f, { scope: { keys: acme } }, { worker: { kind: 'definition', worker, hash: 'h' } });
    expect(plan.scope?.keys).toEqual(acme);
  });
});
