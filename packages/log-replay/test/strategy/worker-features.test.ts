import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logReplay } from '@eventmend/log-replay';
import {
  balanceWorker,
  epoch,
  failure,
  fixtures,
  recovered,
  snapshotsOf,
  type FixtureEvent,
} from './replay-fixture.js';

const use = fixtures();

const add = (key: string, amount: number): FixtureEvent => ({ value: { key, add: amount } });

// Each of these fails when the feature is taken out of the way of an event: the whole engine is run, in a thread, from a
// real archive to a real store.
describe('what a worker may do, through the front door', () => {
  it('folds in the order of time, and states outputs', async () => {
    const { situation } = use([add('a', 5), add('b', 2), add('a', -9), add('a', 3)]);
    const { states, outputs, report } = await recovered(situation);
    expect(states).toEqual({ a: { balance: 3, seen: 3 }, b: { balance: 2, seen: 1 } });
    expect(outputs).toEqual([
      ['a', 5],
      ['b', 2],
      ['a', 0],
      ['a', 3],
    ]);
    expect(report.totals).toMatchObject({ offsets: 4, applied: 4, quarantined: 0, unavailable: 0 });
  });

  it('upcasters bring old events into the form that the handler expects', async () => {
    const worker = balanceWorker(
      'upcasters: [(value) => (value.amount === undefined ? value : { key: value.account, add: value.amount })],',
    );
    const { situation } = use([{ value: { account: 'a', amount: 4 } }, add('a', 1)], worker);
    expect((await recovered(situation)).states).toEqual({ a: { balance: 5, seen: 2 } });
  });

  it('versions: the rules that were valid at the time of an event', async () => {
    const times = (factor: number) =>
      `(state, event) => ({ balance: state.balance + event.value.add * ${factor}, seen: state.seen + 1 })`;
    const until = epoch + 2000;
    const versions = `versions: [{ until: ${until}, evolve: ${times(1)} }, { from: ${until}, evolve: ${times(10)} }],`;
    const { situation } = use([add('a', 1), add('a', 1), add('a', 1)], balanceWorker('', versions));
    expect((await recovered(situation)).states).toEqual({ a: { balance: 12, seen: 3 } });
  });

  it('lookup: reference data as of the event, pinned by the plan', async () => {
    const evolve = `evolve(state, event, context) {
      return { balance: state.balance + event.value.add * context.lookup('rates', event.value.key), seen: state.seen + 1 };
    },`;
    const f = use([add('a', 1), add('a', 1), add('a', 1)], balanceWorker("lookups: ['rates'],", evolve));
    const rates = join(f.folder, 'rates.ndjson');
    const rows = [
      { key: 'a', value: 2 },
      { key: 'a', valid_from: epoch + 2000, value: 100 },
    ];
    writeFileSync(rates, rows.map((row) => JSON.stringify(row)).join('\n') + '\n');
    const situation = f.but({ references: { rates } });
    const plan = await logReplay(situation).plan();
    expect((await recovered(situation)).states).toEqual({ a: { balance: 104, seen: 3 } });
    writeFileSync(rates, `${JSON.stringify({ key: 'a', value: 3 })}\n`);
    const elsewhere = { ...situation, store: join(f.folder, 'other') };
    expect((await failure(logReplay(elsewhere).recover(plan))).code).toBe('invalid-reference-data');
  });

  it('deletion: the next event finds the initial state again', async () => {
    const evolve =
      'evolve: (state, event) => (event.value.add === 0 ? deleted : { balance: state.balance + event.value.add, seen: state.seen + 1 }),';
    const { situation } = use(
      [add('a', 5), add('a', 0), add('a', 2), add('b', 1), add('b', 0)],
      balanceWorker('', evolve),
    );
    const { states, report } = await recovered(situation);
    expect(states).toEqual({ a: { balance: 2, seen: 1 } });
    expect(report.stateKeys).toBe(1);
  });

  it('random: the same numbers whatever the batches, others for every event', async () => {
    const evolve = 'evolve: (state, event, context) => ({ balance: context.random(), seen: state.seen + 1 }),';
    const f = use([add('a', 1), add('b', 1), add('c', 1)], balanceWorker('', evolve));
    const first = await recovered(f.situation);
    const second = await recovered(f.but({ store: join(f.folder, 'other'), tuning: { threads: 1, batchEvents: 1 } }));
    expect(second.states).toEqual(first.states);
    expect(second.report.stateDigest).toBe(first.report.stateDigest);
    const numbers = Object.values(first.states).map((state) => (state as { balance: number }).balance);
    expect(new Set(numbers).size).toBe(3);
  });

  it('migrations bring the states of an old snapshot to the version of the worker', async () => {
    const more =
      'stateVersion: 3, migrations: { 1: (state) => ({ balance: state.amount }), 2: (state) => ({ ...state, seen: 0 }) },';
    const f = use([add('a', 1), add('a', 4)], balanceWorker(more));
    await f.writeSnapshot('old', [1], { a: { amount: 100 } });
    const situation = f.but({ snapshots: snapshotsOf(f), trusted: ['old'] });
    expect((await recovered(situation)).states).toEqual({ a: { balance: 104, seen: 1 } });
    f.rewriteWorker(balanceWorker('stateVersion: 3, migrations: { 2: (state) => ({ ...state, seen: 0 }) },'));
    expect(['invalid-worker', 'state-migration-failed']).toContain(
      (await failure(recovered(f.but({ ...situation, store: join(f.folder, 'other') })))).code,
    );
  });

  it('invariants and measures: a broken one fails the verification, and is named', async () => {
    const rules = (limit: number) =>
      `invariants: { 'below the limit': (state) => state.balance < ${limit} || 'balance ' + state.balance }, measures: { total: (state) => state.balance },`;
    const f = use([add('a', 5), add('b', 7)], balanceWorker(rules(100)));
    const good = await recovered(f.situation);
    const verification = await logReplay(f.situation).verify(good.report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(verification.measures).toEqual({ total: 12 });
    f.rewriteWorker(balanceWorker(rules(6)));
    const broken = await recovered(f.situation);
    const failed = (await logReplay(f.situation).verify(broken.report)).checks.filter(
      ({ result }) => result === 'failed',
    );
    expect(failed).toMatchObject([
      {
        name: 'invariant',
        detail: { kind: 'invariant', invariant: 'below the limit', broken: 1, first: { key: 'b', said: 'balance 7' } },
      },
    ]);
  });

  it('deduplicate: the second event of one business id within the window is skipped and counted', async () => {
    const more = 'deduplicate: { id: (event) => event.value.id ?? null, window: 2 },';
    const event = (id: string | undefined, amount: number) => ({
      value: { key: 'a', add: amount, ...(id === undefined ? {} : { id }) },
    });
    const { situation } = use(
      [event('x', 1), event('x', 1), event(undefined, 1), event('x', 1), event('y', 1), event('z', 1), event('x', 1)],
      balanceWorker(more),
    );
    const { states, report } = await recovered(situation);
    // x, x again (skipped), -, x again (skipped: the skipped one did not enter), y, z, x (out of the window of two)
    expect(report.totals.skipped).toEqual({ 'duplicate-id': 2 });
    expect(states).toEqual({ a: { balance: 5, seen: 5 } });
    const verified = await logReplay(situation).verify(report);
    expect(verified.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it('__proto__ is a key and a field like any other', async () => {
    const evolve = 'evolve: (state, event) => JSON.parse(JSON.stringify(event.value)),';
    const text = '{"key":"__proto__","__proto__":{"polluted":true}}';
    const { situation } = use([{ value: text }], balanceWorker('', evolve));
    const { states } = await recovered(situation);
    expect(JSON.stringify(Object.entries(states))).toBe(`[["__proto__",${text}]]`);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
