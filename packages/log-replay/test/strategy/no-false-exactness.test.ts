import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createMemoryLog, createMemorySnapshots } from '@eventmend/core';
import { runFiles } from '@eventmend/core/sqlite';
import { logReplay } from '@eventmend/log-replay';
import {
  balanceWorker,
  epoch,
  eventAt as at,
  failure,
  fixtures,
  recovered,
  snapshotsOf,
  type FixtureEvent,
} from './replay-fixture.js';

const use = fixtures();
const onset = epoch + 60_000;
const failedChecks = (checks: readonly { readonly name: string; readonly result: string }[]): readonly string[] =>
  checks.filter(({ result }) => result === 'failed').map(({ name }) => name);

// Each of these once let a wrong or unproven result be called complete or exact.
describe('nothing unknown improves a verdict', () => {
  it('a snapshot that is reproduced only because both skipped a poison event is not proven', async () => {
    const evolve = `evolve(state, event) {
      if (event.value.add === 13) throw new Error('unlucky');
      return { balance: state.balance + event.value.add, seen: state.seen + 1 };
    },`;
    const f = use([at(0, 0, 0), at(0, 1, 1, 13), at(0, 2, 2), at(0, 3, 3)], balanceWorker('', evolve));
    await f.writeSnapshot('skipped', [3], { k0: { balance: 2, seen: 2 } });
    const incident = { ...f.situation.incident, onset };
    const situation = f.but({ incident, snapshots: snapshotsOf(f), poison: 'quarantine-event' });
    const plan = await logReplay(situation).plan();
    expect(plan.snapshots[0]).toMatchObject({ finding: 'not-comparable' });
    expect(plan.snapshots[0]?.reason).toContain('1 quarantined');
    const { report } = await recovered(situation);
    expect(report.totals).toMatchObject({ quarantined: 1 });
    expect((await logReplay(situation).verify(report)).verdict.verdict).toBe('incomplete');
  });

  it.each([
    ['a row that is gone', "DELETE FROM state WHERE key = 'k1'"],
    ['a state that was taken away', "UPDATE state SET text = NULL WHERE key = 'k1'"],
    ['a deletion that was made up', "UPDATE state SET text = NULL, hash = '' WHERE key = 'k1'"],
    ['outputs that are gone', 'DELETE FROM output_chunk'],
  ])('verification finds %s', async (_, damage) => {
    const { situation } = use([at(0, 0, 0), at(1, 0, 1)]);
    const { report } = await recovered(situation);
    const database = new Database(runFiles(situation.store, report.runId).database);
    database.exec(damage);
    database.close();
    expect(failedChecks((await logReplay(situation).verify(report)).checks)).toContain('store');
  });

  it('a partition that the service has read and that no log holds is a gap', async () => {
    const f = use([at(0, 0, 0), at(0, 1, 1)]);
    const part = (partition: number, next: number) => ({
      ...{ source: '', topic: 't', incarnation: '', partition, next },
      order: { watermark: -Infinity, clock: -Infinity },
    });
    const state = { id: 'live', takenAt: null, worker: null, stateVersion: 1, rows: [] };
    const live = createMemorySnapshots([{ ...state, position: [part(0, 2), part(1, 500)] }]);
    const { code, message } = await failure(logReplay(f.but({ live })).plan());
    expect(code).toBe('log-gap');
    expect(message).toContain('t[1] 0-499');
    const { report } = await recovered(f.but({ live, store: join(f.folder, 'accepted') }), { acceptGaps: true });
    expect(report.totals).toMatchObject({ applied: 2, unavailable: 500 });
    expect(report.fidelity.overall).toBe('incomplete');
  });

  it('without a known onset, or a known time of the snapshot, the worker is not checked', async () => {
    const timeless = [0, 1].map((offset): FixtureEvent => ({ offset, time: NaN, value: { key: 'k0', add: 1 } }));
    const f = use(timeless);
    await f.writeSnapshot('s', [1], { k0: { balance: 1, seen: 1 } });
    const snapshots = snapshotsOf(f);
    const known = f.but({ snapshots, incident: { ...f.situation.incident, onset } });
    expect((await logReplay(known).plan()).workerCheck).toMatchObject({ checked: false });
    const unknown = (await logReplay(f.but({ snapshots, store: join(f.folder, 'other') })).plan()).workerCheck;
    expect(unknown.checked).toBe(false);
    expect(unknown.reason).toContain('onset is not known');
  });

  it('what is proven from a declared root stays declared', async () => {
    const f = use([at(0, 5, 0), at(0, 6, 1), at(0, 7, 2)]);
    await f.writeSnapshot('trusted', [5], { k0: { balance: 99, seen: 9 } });
    await f.writeSnapshot('later', [6], { k0: { balance: 100, seen: 10 } });
    const incident = { ...f.situation.incident, onset };
    const situation = f.but({ incident, snapshots: snapshotsOf(f), trusted: ['trusted'] });
    const plan = await logReplay(situation).plan();
    expect(plan.snapshots.find(({ id }) => id === 'later')?.finding).toBe('proven');
    expect(plan.baseline[0]).toMatchObject({ basis: 'declared', source: { id: 'later' } });
    const { report } = await recovered(situation);
    await logReplay(situation).verify(report);
    expect(
      (await logReplay(situation)
        .recover(plan)
        .catch((error: unknown) => error)) as object,
    ).toMatchObject({ code: 'plan-already-used' });
  });

  it('snapshots that are ahead of each other in different partitions do not break a proof', async () => {
    const events = [0, 1, 2, 3].flatMap((n) => [at(0, n, 2 * n), at(1, n, 2 * n + 1)]);
    const f = use(events, balanceWorker("locality: 'partition',"));
    const after = (p0: number, p1: number) => ({ k0: { balance: p0, seen: p0 }, k1: { balance: p1, seen: p1 } });
    await f.writeSnapshot('a', [4, 1], after(4, 1));
    await f.writeSnapshot('b', [2, 4], after(2, 4));
    const { snapshots } = await logReplay(f.but({ snapshots: snapshotsOf(f) })).plan();
    expect(snapshots.map(({ finding }) => finding).sort()).toEqual(['not-comparable', 'proven']);
  });

  it('planning that is stopped comes to no plan', async () => {
    const f = use([at(0, 0, 0), at(0, 1, 1)]);
    await f.writeSnapshot('s', [1], { k0: { balance: 1, seen: 1 } });
    const stopped = logReplay(f.but({ snapshots: snapshotsOf(f) })).plan({}, { signal: AbortSignal.abort() });
    expect(await failure(stopped)).toMatchObject({ code: 'interrupted' });
  });

  it('verification that is stopped comes to no verdict', async () => {
    const { situation } = use(Array.from({ length: 600 }, (_, n) => at(0, n, n)));
    const { report } = await recovered(situation);
    const stopped = logReplay(situation).verify(report, { signal: AbortSignal.abort() });
    expect(await failure(stopped)).toMatchObject({ code: 'interrupted' });
  });

  it('one partition under two sources is refused: its events would be applied twice', async () => {
    const f = use([at(0, 0, 0)]);
    const event = { topic: 't', partition: 0, offset: 0, time: epoch, value: { key: 'k0', add: 1 } };
    const log = createMemoryLog({ source: 'elsewhere', events: [event] });
    const logs = [...f.situation.logs, { log, as: 'log' as const }];
    expect(await failure(logReplay(f.but({ logs })).plan())).toMatchObject({ code: 'conflicting-sources' });
  });

  it('an event whose keys cannot even be asked for ends the run instead of being tried for ever', async () => {
    const more = balanceWorker()
      .replace('key: (event) =>', 'key: (event) => { if (event.value.add === 14) for (;;); return (() =>')
      .replace('event.value.key,', 'event.value.key)(); },');
    const f = use([at(0, 0, 0), at(0, 1, 1, 14)], more);
    const situation = f.but({ poison: 'quarantine-event', tuning: { threads: 1, eventTimeoutMs: 300 } });
    expect(await failure(recovered(situation))).toMatchObject({ code: 'worker-timeout' });
  });

  it('many gaps cost no more than their number', async () => {
    const events = Array.from({ length: 1500 }, (_, n) => at(0, 2 * n, n));
    const { situation } = use(events);
    const { report } = await recovered(situation, { acceptGaps: true });
    expect(report.totals).toMatchObject({ applied: 1500, unavailable: 1499 });
    const database = new Database(runFiles(situation.store, report.runId).database, { readonly: true });
    const sets = database.prepare('SELECT count(*) FROM provenance').pluck().get();
    database.close();
    expect(sets).toBeLessThan(20);
  });
});
