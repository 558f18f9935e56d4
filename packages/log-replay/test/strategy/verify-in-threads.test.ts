import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Verification } from '@eventmend/core';
import type { RecoveryInputs } from '@eventmend/core/engine';
import { runFiles } from '@eventmend/core/sqlite';
import { logReplay } from '@eventmend/log-replay';
import { balanceWorker, epoch, fixtures, recovered, snapshotsOf, type FixtureEvent } from './replay-fixture.js';

const use = fixtures();
const partitions = 5;
const count = 1500;

/** Events of several partitions, unequally many, with copies of ids among them and one that the worker refuses in each. */
const events: readonly FixtureEvent[] = Array.from({ length: count }, (_, n) => {
  const partition = n % 7 < 3 ? 0 : n % partitions;
  const id = `id-${n % 97 === 0 ? n - 1 : n}`;
  const value = { key: `k${partition}-${(n * 7) % 9}`, add: ((n * 31) % 50) - 20, id, bad: n % 301 === 0 && n > 900 };
  return { partition, time: epoch + (n - (n % 13 === 0 ? 20 : 0)) * 1000, value };
});

const local = (more: string): string =>
  balanceWorker(
    `locality: 'partition',
     measures: { money: (state) => state.balance / 10 },
     invariants: { few: (state) => state.seen < 30, small: (state) => state.balance < 400 || 'too much' },
     ${more}`,
    `evolve(state, event, context) {
      if (event.value.bad) throw new Error('refused');
      const balance = Math.max(0, state.balance + event.value.add);
      context.emit('balance', balance);
      return { balance, seen: state.seen + 1 };
    },`,
  );

/** No replay begins at a snapshot with it. */
const deduplicate = 'deduplicate: { id: (event) => event.value.id, window: 50 },';

/** What verifying the same run says with so many threads, and the report that it leaves. */
async function verified(situation: RecoveryInputs, runId: string, threads: number) {
  const progress: number[] = [];
  const inputs = { ...situation, tuning: { ...situation.tuning, threads } };
  const verification = await logReplay(inputs).verify(
    { runId },
    { onProgress: ({ done, total }) => progress.push(done / total) },
  );
  return { verification, report: readFileSync(runFiles(situation.store, runId).report, 'utf8'), progress };
}

/** In one thread, and the same in several; what it says in one. */
async function expectTheSame(situation: RecoveryInputs, runId: string): Promise<Verification> {
  const alone = await verified(situation, runId, 1);
  for (const threads of [2, 8]) {
    const shared = await verified(situation, runId, threads);
    expect(shared.verification).toStrictEqual(alone.verification);
    expect(shared.report).toBe(alone.report);
    expect(shared.progress.every((part, n) => part <= 1 && part >= (shared.progress[n - 1] ?? 0))).toBe(true);
  }
  return alone.verification;
}

const eventsOf = (partition: number): number => events.filter((event) => event.partition === partition).length;

describe('verifying in threads', () => {
  it('says the same as verifying in one, from the beginning of the log', async () => {
    const f = use(events, local(deduplicate));
    const situation = f.but({
      poison: 'quarantine-event',
      tuning: { threads: 2, eventTimeoutMs: 2000 },
    });
    const { report } = await logReplay(situation).recover(await logReplay(situation).plan());
    expect(report.totals.quarantined).toBe(2);
    const alone = await expectTheSame(situation, report.runId);
    expect(alone.checks.filter(({ result }) => result === 'failed').map(({ detail }) => detail)).toMatchObject([
      { kind: 'invariant', invariant: 'few' },
      { kind: 'invariant', invariant: 'small' },
    ]);
    expect(alone.measures['money']).toBeGreaterThan(0);
  });

  it('says the same from a snapshot that is derived again, and of what no check covered', async () => {
    const f = use(events, local(''));
    const ends = Array.from({ length: partitions }, (_, partition) => Math.floor(eventsOf(partition) / 3));
    const offsets = ends.map((next, partition) => ({ partition, next }));
    const situation = f.but({ poison: 'quarantine-event', tuning: { threads: 2, eventTimeoutMs: 2000 } });
    const before = await recovered(situation, { target: { kind: 'offsets', offsets } });
    await f.writeSnapshot('third', ends, before.states);
    const onset = { ...situation.incident, onset: epoch + count * 400 };
    const whole = { ...situation, incident: onset, snapshots: snapshotsOf(f) };
    const plan = await logReplay(whole).plan();
    expect(plan.baseline[0]).toMatchObject({ source: { kind: 'snapshot', id: 'third' }, basis: 'proven' });
    const { report } = await logReplay(whole).recover(plan);
    const alone = await expectTheSame(whole, report.runId);
    expect(alone.checks).toContainEqual(expect.objectContaining({ name: 'baseline', result: 'passed' }));
    expect(alone.checks).toContainEqual(expect.objectContaining({ name: 'coverage' }));
  });

  it('finds the same mismatch', async () => {
    const f = use(events, local(deduplicate));
    const situation = f.but({ poison: 'quarantine-event', tuning: { threads: 2, eventTimeoutMs: 2000 } });
    const { report } = await logReplay(situation).recover(await logReplay(situation).plan());
    const database = new Database(runFiles(situation.store, report.runId).database);
    database.prepare("UPDATE state SET text = replace(text, 'balance', 'Balance') WHERE key = 'k3-4'").run();
    database.close();
    const alone = await expectTheSame(situation, report.runId);
    expect(alone.checks.filter(({ result }) => result === 'failed').map(({ name }) => name)).toContain('store');
  });
});
