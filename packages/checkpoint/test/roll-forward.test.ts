import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemorySnapshots,
  defineWorker,
  type IncidentInputs,
  type Plan,
  type Position,
} from '@eventmend/core';
import { startOfOrder } from '@eventmend/core/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointRecovery, type GapEstimator, type GapToEstimate } from '../src/index.js';
import { applyToAccount, playBank, type Account, type BankEvent, type DamagedBank } from './damaged-bank.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-roll-forward-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let stores = 0;

function bankWorker(locality: 'partition' | 'global') {
  return defineWorker<BankEvent['value'], Account>({
    name: 'bank',
    version: '1.0.0',
    locality,
    key: (event) => event.key ?? '',
    initial: () => ({ balance: 0, events: 0 }),
    evolve: (state, event) => applyToAccount(state, event.value),
  });
}

function positionOf(next: readonly number[]): Position {
  return next.map((offset, partition) => ({
    source: 'bank',
    topic: 'payments',
    incarnation: '',
    partition,
    next: offset,
    order: startOfOrder,
  }));
}

/** What survived: the log but for some offsets, all snapshots and the live state. */
function incidentOf(
  bank: DamagedBank,
  isKept: (event: BankEvent) => boolean,
  locality: 'partition' | 'global' = 'partition',
): IncidentInputs {
  return {
    incident: { name: 'bank', onset: bank.onset },
    worker: bankWorker(locality),
    logs: [
      createMemoryLog({
        source: 'bank',
        topic: 'payments',
        fingerprint: 'bank',
        partitions: bank.next.map((to, partition) => ({ partition, beginning: 0, range: { from: 0, to } })),
        events: bank.events
          .filter(isKept)
          .map(({ partition, offset, time, key, value }) => ({ partition, offset, time, key, value })),
      }),
    ],
    snapshots: createMemorySnapshots(
      bank.snapshots.map(({ id, takenAt, next, rows }) => ({ id, takenAt, position: positionOf(next), rows })),
    ),
    live: createMemorySnapshots([
      {
        id: 'live',
        position: positionOf(bank.next),
        rows: [...bank.live].map(([key, state]) => ({ key, state })),
      },
    ]),
    store: join(scratch, `store-${stores++}`),
  };
}

/** How many values are those of the truth, and which are called exact and are not. */
function judge(bank: DamagedBank, states: Iterable<{ key: string; state: unknown; fidelity: string }>) {
  const wrongExact: string[] = [];
  let right = 0;
  for (const { key, state, fidelity } of states) {
    const isRight = JSON.stringify(state) === JSON.stringify(bank.truth.get(key));
    if (isRight) right++;
    else if (fidelity === 'exact' || fidelity === 'declared') wrongExact.push(key);
  }
  return { right, wrongExact };
}

function rightOf(bank: DamagedBank, states: ReadonlyMap<string, Account>): number {
  let right = 0;
  for (const [key, state] of bank.truth) if (JSON.stringify(states.get(key)) === JSON.stringify(state)) right++;
  return right;
}

/** What a plan rebuilds, by a plain loop: each account from the state that it begins at, and the events that are kept behind it. */
function rebuildPlainly(
  bank: DamagedBank,
  isKept: (event: BankEvent) => boolean,
  { baseline }: Plan,
): ReadonlyMap<string, Account> {
  const partFor = (key: string) =>
    baseline.find(({ scope }) => scope.kind === 'keys' && scope.keys.includes(key)) ??
    baseline.find(({ scope }) => scope.kind === 'all');
  const states = new Map<string, Account>();
  for (const key of bank.truth.keys()) {
    const { source, position = [] } = partFor(key) ?? {};
    const rows = bank.snapshots.find(({ id }) => source?.kind === 'snapshot' && id === source.id)?.rows ?? [];
    let state = rows.find((row) => row.key === key)?.state;
    for (const event of bank.events) {
      const begin = position.find(({ partition }) => partition === event.partition)?.next ?? '0';
      if (event.key === key && isKept(event) && event.offset >= Number(begin))
        state = applyToAccount(state, event.value);
    }
    if (state !== undefined) states.set(key, state);
  }
  return states;
}

const settings = { partitions: 3, accounts: 60, events: 2400, faultRate: 0.01, snapshotEvery: 200 };

describe('rolling forward from a checkpoint', () => {
  it('begins behind the lost part of the log, at the newest snapshot from before the error', async () => {
    const bank = playBank({ ...settings, seed: 1 });
    // Retention took all that is older than snapshot s-001200; the error began at event 1,440.
    const cut = bank.snapshots.find(({ id }) => id === 's-001200');
    const incident = incidentOf(bank, ({ partition, offset }) => offset >= (cut?.next[partition] ?? 0));
    const strategy = checkpointRecovery(incident);
    const plan = await strategy.plan();
    expect(plan.baseline[0]).toMatchObject({ source: { id: 's-001400' }, basis: 'unproven' });
    expect(plan.workerCheck).toMatchObject({ checked: true, snapshot: 's-001400' });
    expect(plan.expected.loss.events).toBe(0);
    const run = await strategy.recover(plan);
    const { right } = judge(bank, run.states());
    expect(right).toBe(bank.truth.size);
    expect([...run.states()].every(({ fidelity }) => fidelity === 'unproven')).toBe(true);
    expect(run.verdict).toMatchObject({
      verdict: 'incomplete',
      missing: expect.arrayContaining([{ kind: 'baseline-unproven', snapshot: 's-001400' }]) as unknown,
    });
    const verification = await strategy.verify(run);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it('passes over a snapshot that the one before it contradicts, although it is from before the onset', async () => {
    const bank = playBank({ ...settings, seed: 2 });
    const cut = bank.snapshots.find(({ id }) => id === 's-000800');
    const wrong = bank.snapshots.map((snapshot) =>
      snapshot.id === 's-001400'
        ? {
            ...snapshot,
            rows: snapshot.rows.map((row, at) => (at === 0 ? { ...row, state: { balance: -1, events: 0 } } : row)),
          }
        : snapshot,
    );
    const incident = incidentOf(
      { ...bank, snapshots: wrong },
      ({ partition, offset }) => offset >= (cut?.next[partition] ?? 0),
    );
    const plan = await checkpointRecovery(incident).plan();
    expect(plan.baseline[0]).toMatchObject({ source: { id: 's-001200' }, basis: 'unproven' });
    expect(plan.expected.loss.events).toBe(0);
  });

  it('takes nothing on trust where the onset is not known', async () => {
    const bank = playBank({ ...settings, seed: 3 });
    const cut = bank.snapshots.find(({ id }) => id === 's-001200');
    const incident = incidentOf(bank, ({ partition, offset }) => offset >= (cut?.next[partition] ?? 0));
    const plan = await checkpointRecovery({ ...incident, incident: { name: 'bank' } }).plan();
    expect(plan.baseline[0]).toMatchObject({ source: { kind: 'genesis' } });
    const assessment = await checkpointRecovery({ ...incident, incident: { name: 'bank' } }).assess();
    expect(assessment).toMatchObject({ feasible: false, reason: { kind: 'no-baseline' } });
  });

  it('places a nightly copy without a position by its time, and says so', async () => {
    const bank = playBank({ ...settings, seed: 4 });
    const night = bank.snapshots.find(({ id }) => id === 's-001400');
    if (night === undefined) throw new Error('there is a snapshot of every 200 events');
    const incident = {
      ...incidentOf(bank, () => true),
      snapshots: createMemorySnapshots([{ id: 'night', takenAt: night.takenAt, rows: night.rows }]),
    };
    const strategy = checkpointRecovery(incident);
    const plan = await strategy.plan({ baseline: 'night' });
    expect(plan.baseline[0]?.position.map(({ next }) => Number(next))).toEqual(night.next);
    // The log reaches back to its beginning here, so that a replay proves the copy, and its place with it.
    expect(plan.baseline[0]).toMatchObject({ basis: 'proven' });
    const run = await strategy.recover(plan);
    expect(judge(bank, run.states()).right).toBe(bank.truth.size);

    // The day after the copy is lost: where in it the copy stands nobody knows, and all of it counts as lost.
    const lostTo = night.takenAt + 300 * 60_000;
    const lostFrom = night.takenAt - 100 * 60_000;
    const isKept = ({ time }: BankEvent): boolean => time < lostFrom || time >= lostTo;
    const holed = checkpointRecovery({ ...incidentOf(bank, isKept), snapshots: incident.snapshots });
    const bracketed = await holed.plan({ baseline: 'night' });
    expect(bracketed.expected.loss.events).toBe(400);
    expect(bracketed.baseline[0]?.evidence).toContain('lies among offsets that no log holds');
  });

  it('holds a copy that is placed by its time against a replay, and one of the very onset is behind it', async () => {
    const bank = playBank({ ...settings, seed: 8 });
    const night = bank.snapshots.find(({ id }) => id === 's-001400');
    if (night === undefined) throw new Error('there is a snapshot of every 200 events');
    const copyOf = (rows: typeof night.rows, takenAt = night.takenAt) =>
      createMemorySnapshots([{ id: 'night', takenAt, rows }]);
    const whole = incidentOf(bank, () => true);
    const right = await checkpointRecovery({ ...whole, snapshots: copyOf(night.rows) }).plan();
    expect(right.baseline[0]).toMatchObject({ source: { id: 'night' }, basis: 'proven' });
    const wrong = night.rows.map((row, at) => (at === 0 ? { ...row, state: { balance: -1, events: 0 } } : row));
    const other = await checkpointRecovery({ ...incidentOf(bank, () => true), snapshots: copyOf(wrong) }).plan();
    expect(other.baseline[0]).toMatchObject({ source: { kind: 'genesis' } });
    const late = { ...incidentOf(bank, ({ offset }) => offset >= 600), snapshots: copyOf(night.rows, bank.onset) };
    expect((await checkpointRecovery(late).plan()).baseline[0]).toMatchObject({ source: { kind: 'genesis' } });
  });

  it('says what a checkpoint does not hold, in plan and verdict', async () => {
    const bank = playBank({ ...settings, seed: 5 });
    const incident = incidentOf(bank, ({ offset }) => offset >= 240);
    const { snapshots } = incident;
    const omitting = {
      list: async () => {
        const listing = await snapshots?.list();
        return {
          damaged: [],
          snapshots: (listing?.snapshots ?? []).map((one) => ({ ...one, omits: { mails: 'which mails were sent' } })),
        };
      },
      rows: (id: string) => snapshots?.rows(id) as AsyncIterable<{ key: string; state: unknown }>,
    };
    const strategy = checkpointRecovery({ ...incident, snapshots: omitting });
    const plan = await strategy.plan();
    expect(plan.baseline[0]).toMatchObject({ omits: { mails: 'which mails were sent' } });
    const run = await strategy.recover(plan);
    expect(run.verdict).toMatchObject({
      missing: expect.arrayContaining([{ kind: 'not-in-baseline', snapshot: 's-001400', parts: ['mails'] }]) as unknown,
    });
  });

  it('takes estimates through a port, beside the accounts, and calls nothing better for them', async () => {
    const bank = playBank({ ...settings, seed: 7 });
    const lostFrom = bank.onset + 100 * 60_000;
    const isKept = ({ time }: BankEvent): boolean => time < lostFrom || time >= lostFrom + 50 * 60_000;
    const asked: GapToEstimate[] = [];
    const estimator: GapEstimator = {
      name: 'even',
      estimate: (request) => {
        asked.push(request);
        const value = JSON.stringify({ type: 'deposit', amount: 1, id: 'estimated' });
        const event = { topic: 'payments', key: 'account-1', headers: null, value };
        return Promise.resolve(
          Array.from({ length: request.events }, (_, at) => ({ ...event, time: lostFrom + at * 60_000 })),
        );
      },
    };
    const incident = { ...incidentOf(bank, isKept), live: null };
    const strategy = checkpointRecovery(incident, { estimator });
    const plan = await strategy.plan();
    expect(asked[0]).toMatchObject({ events: 50 });
    expect(plan.estimates).toMatchObject({ estimator: 'even', events: 50 });
    expect((await strategy.plan()).id).toBe(plan.id);
    const run = await strategy.recover(plan);
    expect(run.report.standIns).toMatchObject([{ source: 'estimate:even', applied: 50 }]);
    expect(run.report.totals.unavailable).toBe(50);
    const { checks } = await strategy.verify(run);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    const without = await checkpointRecovery({ ...incident, store: `${incident.store ?? ''}-without` }).recover();
    const stateOf = (states: Iterable<{ key: string; state: unknown }>) =>
      [...states].find(({ key }) => key === 'account-1')?.state as Account;
    expect(stateOf(run.states()).events).toBe(stateOf(without.states()).events + 50);
    expect(new Set([...run.states()].map(({ fidelity }) => fidelity))).toEqual(new Set(['incomplete']));
    const silent = { name: 'silent', estimate: () => Promise.resolve(null) };
    expect((await checkpointRecovery(incident, { estimator: silent }).plan()).estimates).toBeUndefined();
  });

  it('refuses a snapshot that is no candidate, and a scope', async () => {
    const bank = playBank({ ...settings, seed: 6 });
    const strategy = checkpointRecovery(incidentOf(bank, ({ offset }) => offset >= 240));
    await expect(strategy.plan({ baseline: 's-002400' })).rejects.toMatchObject({ code: 'unproven-baseline' });
    await expect(strategy.plan({ baseline: 'nothing' })).rejects.toMatchObject({ code: 'unproven-baseline' });
    await expect(strategy.plan({ scope: { keys: ['account-1'] } })).rejects.toMatchObject({
      code: 'operation-not-allowed',
    });
  });

  it.each(['partition', 'global'] as const)(
    'is never worse than doing nothing, and calls nothing exact that is wrong (%s)',
    async (locality) => {
      const totals = { rebuilt: 0, live: 0, chosen: 0, keys: 0 };
      for (let seed = 100; seed < 108; seed++) {
        const bank = playBank({ ...settings, seed, snapshotEvery: 600, faultRate: seed % 2 === 0 ? 0.002 : 0.05 });
        // A stretch behind the onset is lost in one or two partitions.
        const lostFrom = bank.onset + 80 * 60_000;
        const lostTo = lostFrom + (seed % 3 === 0 ? 8 : 360) * 60_000;
        const isKept = ({ partition, time }: BankEvent): boolean =>
          partition > seed % 2 || time < lostFrom || time >= lostTo;
        const strategy = checkpointRecovery(incidentOf(bank, isKept, locality));
        const plan = await strategy.plan();
        const run = await strategy.recover(plan);
        const { right, wrongExact } = judge(bank, run.states());
        expect(wrongExact, `seed ${seed}`).toEqual([]);
        totals.rebuilt += rightOf(bank, rebuildPlainly(bank, isKept, plan));
        totals.live += rightOf(bank, bank.live);
        totals.chosen += right;
        totals.keys += bank.truth.size;
        const verification = await strategy.verify(run);
        expect(
          verification.checks.filter(({ result }) => result === 'failed'),
          `seed ${seed}`,
        ).toEqual([]);
      }
      expect(totals.chosen, JSON.stringify(totals)).toBeGreaterThanOrEqual(Math.max(totals.rebuilt, totals.live));
    },
  );
});
