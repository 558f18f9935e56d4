import { existsSync, readFileSync } from 'node:fs';
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

const field = { by: 'field', path: 'n' } as const;

/** Six events over two partitions; `n` is their true order, and the service handled them in it. */
const events = [5, -3, 4, 2, -20, 7].map((amount, n): FixtureEvent => ({
  partition: n % 2,
  time: epoch + n * 1000,
  value: { key: 'a', add: amount, n },
}));

/** What a right handler holds after so many events. */
function rightAfter(count: number): Record<string, unknown> {
  let balance = 0;
  for (const { value } of events.slice(0, count)) balance = Math.max(0, balance + (value as { add: number }).add);
  return { a: { balance, seen: count } };
}

/** Offsets of both partitions after so many events. */
const after = (count: number): readonly number[] => [Math.ceil(count / 2), Math.floor(count / 2)];

const notDerived = (snapshot: string) => ({ kind: 'baseline-derived-otherwise', snapshot, keys: 1 });

describe('the latest proven correct state', () => {
  it('is the last snapshot that a replay from the beginning reproduces; the later ones are named with why', async () => {
    const f = use(events);
    await f.writeSnapshot('s1', after(2), rightAfter(2));
    await f.writeSnapshot('s2', after(3), rightAfter(3));
    await f.writeSnapshot('s3', after(5), { a: { balance: 99, seen: 5 } });
    const situation = f.but({
      order: field,
      snapshots: snapshotsOf(f),
      incident: { ...f.situation.incident, onset: epoch + 3500 },
    });
    const plan = await logReplay(situation).plan();
    expect(plan.snapshots.map(({ id, finding }) => [id, finding])).toEqual([
      ['s1', 'proven'],
      ['s2', 'proven'],
      ['s3', 'differs'],
    ]);
    expect(plan.snapshots[2]?.firstDifference).toContain('99');
    expect(plan.baseline[0]?.source).toMatchObject({ kind: 'snapshot', id: 's2' });
    expect(plan.workerCheck).toMatchObject({ checked: true, snapshot: 's2' });
    expect(plan.expected.events).toBe(3);
    const { states, report } = await recovered(situation);
    expect(states).toEqual(rightAfter(6));
    expect(report.fidelity.overall).toBe('unproven');
    const verification = await logReplay(situation).verify(report);
    expect(verification.verdict).toEqual({ verdict: 'complete' });
    expect(verification.checks.find(({ name }) => name === 'baseline')?.result).toBe('passed');
  });

  it('volatile fields that the worker drops stand in the way of no proof and of no verification', async () => {
    const f = use(
      events,
      balanceWorker(
        'normalise: ({ cachedAt, ...rest }) => rest,',
        `evolve(state, event) {
      return { ...state, balance: Math.max(0, state.balance + event.value.add), seen: state.seen + 1 };
    },`,
      ),
    );
    const [a] = Object.values(rightAfter(4));
    await f.writeSnapshot('s1', after(4), { a: { ...(a as object), cachedAt: 'yesterday' } });
    const situation = f.but({
      order: field,
      snapshots: snapshotsOf(f),
      incident: { ...f.situation.incident, onset: epoch + 4500 },
    });
    const { report, states } = await recovered(situation);
    expect(states['a']).toMatchObject({ seen: 6, cachedAt: 'yesterday' });
    const { checks, verdict } = await logReplay(situation).verify(report);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    // What was never compared is not proven, whoever dropped it.
    expect(verdict).toEqual({ verdict: 'incomplete', missing: [{ kind: 'not-covered', keys: 1 }] });
    const reviewed = { ...situation, reviewed: ['$.cachedAt'] };
    expect((await logReplay(reviewed).verify(report)).verdict).toEqual({ verdict: 'complete' });
  });

  it('proofs are kept as certificates, and hold only for the same worker, snapshot and order', async () => {
    const f = use(events);
    await f.writeSnapshot('s1', after(4), rightAfter(4));
    const situation = f.but({ order: field, snapshots: snapshotsOf(f) });
    const proving: string[] = [];
    const plan = () => logReplay(situation).plan({}, { onProgress: ({ phase }) => proving.push(phase) });
    const first = await plan();
    expect(proving.length).toBeGreaterThan(0);
    expect(existsSync(join(situation.store, 'certificates.json'))).toBe(true);
    proving.length = 0;
    expect((await plan()).id).toBe(first.id);
    expect(proving).toEqual([]);
    f.rewriteWorker(balanceWorker('', 'evolve: (state, event) => ({ balance: 1, seen: state.seen + 1 }),'));
    const other = await plan();
    expect(proving.length).toBeGreaterThan(0);
    expect(other.snapshots[0]?.finding).toBe('differs');
    expect(other.workerCheck.checked).toBe(false);
    expect(JSON.parse(readFileSync(join(situation.store, 'certificates.json'), 'utf8'))).toMatchObject({
      format_version: 1,
    });
  });

  it('without one from before the onset the worker is not checked, and nothing is called exact', async () => {
    const f = use(events);
    await f.writeSnapshot('late', after(5), rightAfter(5));
    const situation = f.but({
      order: field,
      snapshots: snapshotsOf(f),
      incident: { ...f.situation.incident, onset: epoch },
    });
    const plan = await logReplay(situation).plan();
    expect(plan.snapshots[0]?.finding).toBe('proven');
    expect(plan.workerCheck.checked).toBe(false);
    const { report } = await recovered(situation);
    const { verdict } = await logReplay(situation).verify(report);
    expect(verdict.verdict).toBe('incomplete');
  });

  it('with no snapshots the replay begins at the beginning, and says that the worker is unchecked', async () => {
    const f = use(events);
    const { report, states } = await recovered(f.but({ order: field }));
    expect(states).toEqual(rightAfter(6));
    expect(report.verdict).toMatchObject({ verdict: 'incomplete' });
    expect(JSON.stringify(report.verdict)).toContain('worker-not-checked');
  });

  it('a difference that another permissible order explains is never called wrong', async () => {
    const f = use(events);
    await f.writeSnapshot('s1', after(4), { a: { balance: 1, seen: 4 } });
    const [finding] = (await logReplay(f.but({ snapshots: snapshotsOf(f) })).plan()).snapshots;
    expect(finding?.finding).toBe('order-not-determined');
  });

  it('a position that the order does not pass through is told so', async () => {
    const f = use(events);
    await f.writeSnapshot('odd', [3, 0], rightAfter(3));
    const [finding] = (await logReplay(f.but({ order: field, snapshots: snapshotsOf(f) })).plan()).snapshots;
    expect(finding).toMatchObject({ finding: 'order-not-determined', keysCompared: 0 });
  });

  it('a snapshot that was declared trusted serves as a baseline, and the result is called declared', async () => {
    const f = use(events);
    await f.writeSnapshot('mine', after(4), { a: { balance: 1000, seen: 4 } });
    const situation = f.but({ order: field, snapshots: snapshotsOf(f), trusted: ['mine'] });
    const plan = await logReplay(situation).plan();
    expect(plan.baseline[0]).toMatchObject({ basis: 'declared', source: { id: 'mine' } });
    const { states, report } = await recovered(situation);
    expect(states).toEqual({ a: { balance: 987, seen: 6 } });
    // It is the root: what the log leads to instead is said, and fails nothing.
    const { checks, verdict } = await logReplay(situation).verify(report);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(checks.find(({ name }) => name === 'baseline')).toMatchObject({
      result: 'not-checked',
      detail: { kind: 'baseline-trusted', snapshot: 'mine', keys: 1, parked: 0 },
    });
    expect(verdict).toMatchObject({ verdict: 'incomplete' });
    expect(verdict).toHaveProperty('missing', expect.arrayContaining([notDerived('mine')]));
    expect((await failure(logReplay(situation).plan({ baseline: 'other' }))).code).toBe('unproven-baseline');
    expect((await logReplay(situation).plan({ baseline: 'genesis' })).baseline[0]?.source.kind).toBe('genesis');
  });

  it('positions beyond the log, and ones that name too little, cannot be compared', async () => {
    const f = use(events);
    await f.writeSnapshot('beyond', [4, 3], {});
    await f.writeSnapshot('half', [2], {});
    const { snapshots } = await logReplay(f.but({ order: field, snapshots: snapshotsOf(f) })).plan();
    expect(new Set(snapshots.map(({ finding }) => finding))).toEqual(new Set(['not-comparable']));
    expect(snapshots.map(({ reason }) => reason).join()).toMatch(/does not name t\[1\].*the log ends at 3/);
  });
});
