import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMemoryLog, type Plan } from '@eventmend/core';
import { listRunIds, openRunCatalogue } from '@eventmend/core/sqlite';
import type { ReplayPlanOptions } from '@eventmend/core/engine';
import { logReplay } from '@eventmend/log-replay';
import {
  balanceWorker,
  epoch,
  eventAt as at,
  failure,
  fixtures,
  readBack,
  recovered,
  snapshotsOf,
  type Fixture,
  type FixtureEvent,
} from './replay-fixture.js';

const use = fixtures();

describe('gaps', () => {
  const gappy = [at(0, 2, 0), at(0, 3, 1), at(0, 6, 2), at(1, 0, 3)];

  it('at the front and inside are found before the first event, named by partition and offsets', async () => {
    const { situation } = use(gappy);
    const { code, message } = await failure(logReplay(situation).plan());
    expect(code).toBe('log-gap');
    expect(message).toContain('t[0] 0-1 (2 offsets)');
    expect(message).toContain('t[0] 4-5 (2 offsets)');
    expect(existsSyncOf(situation.store)).toBe(false);
    const assessment = await logReplay(situation).assess();
    expect(assessment.feasible).toBe(false);
    expect(assessment.expectedLoss).toEqual({ kind: 'events', events: 4 });
  });

  it('are gone over only where the user says so, and then nothing is called exact', async () => {
    const { situation } = use(gappy);
    const { report, states } = await recovered(situation, { acceptGaps: true });
    expect(states).toEqual({ k0: { balance: 3, seen: 3 }, k1: { balance: 1, seen: 1 } });
    expect(report.totals).toMatchObject({ offsets: 8, applied: 4, unavailable: 4 });
    expect(report.fidelity).toMatchObject({ overall: 'incomplete', keys: { incomplete: 2 } });
    const verification = await logReplay(situation).verify(report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(verification.verdict.verdict).toBe('incomplete');
  });

  it('in front of a target belong to it, whatever they are, since nobody knows when they were', async () => {
    const { situation } = use(gappy);
    // The events of t[0] 4-5 were in the second between its two neighbours.
    const within = { kind: 'time', time: epoch + 1500 } as const;
    expect((await failure(logReplay(situation).plan({ target: within }))).code).toBe('log-gap');
    const { report } = await recovered(situation, { target: within, acceptGaps: true });
    const { verdict } = await logReplay(situation).verify(report);
    expect(report.totals).toMatchObject({ applied: 2, unavailable: 4 });
    expect(verdict.verdict).toBe('incomplete');
  });

  it('are filled from the next log that has them, and the provenance says from where', async () => {
    const f = use(gappy);
    const missing = [0, 1, 4, 5].map((offset) => ({
      topic: 't',
      partition: 0,
      offset,
      time: epoch + offset * 10,
      value: { key: 'k0', add: 10, n: offset },
    }));
    const other = createMemoryLog({ source: 'fixture', events: missing });
    const [archive] = f.situation.logs;
    if (archive === undefined) throw new Error('no archive');
    const situation = f.but({ logs: [archive, { log: other, as: 'log' }] });
    const plan = await logReplay(situation).plan();
    expect(plan.segments.filter(({ partition }) => partition === 0).map(({ from, to, as }) => [from, to, as])).toEqual([
      ['0', '2', 'log'],
      ['2', '4', 'archive'],
      ['4', '6', 'log'],
      ['6', '7', 'archive'],
    ]);
    const { report, states } = readBack(situation, (await logReplay(situation).recover(plan)).report);
    expect(states['k0']).toEqual({ balance: 43, seen: 7 });
    expect(report.totals).toMatchObject({ applied: 8, unavailable: 0 });
  });

  it('behind the end of the log show where the live service has read further', async () => {
    const f = use([at(0, 0, 0), at(0, 1, 1)]);
    const { createMemorySnapshots } = await import('@eventmend/core');
    const id = { source: 'fixture', topic: 't', incarnation: '', partition: 0 };
    const position = [{ ...id, next: 5, order: { watermark: -Infinity, clock: -Infinity } }];
    const live = createMemorySnapshots([
      { id: 'live', takenAt: null, worker: null, stateVersion: 1, position, rows: [] },
    ]);
    expect((await failure(logReplay(f.but({ live })).plan())).message).toContain('t[0] 2-4');
  });
});

function existsSyncOf(store: string): boolean {
  return openRunCatalogue(store).list().length > 0;
}

describe('targets', () => {
  const six = [0, 1, 2, 3, 4, 5].map((n) => at(n % 2, Math.floor(n / 2), n));
  const applied = async (f: Fixture, target: ReplayPlanOptions['target'], name: string) => {
    const situation = f.but({ store: join(f.folder, name) });
    return (await recovered(situation, target === undefined ? {} : { target })).report.totals.applied;
  };

  it('by time, event, offsets and end are exclusive positions on the path', async () => {
    const f = use(six);
    expect(await applied(f, undefined, 'end')).toBe(6);
    expect(await applied(f, { kind: 'time', time: epoch + 3000 }, 'time')).toBe(3);
    expect(await applied(f, { kind: 'event', partition: 0, offset: 1 }, 'event')).toBe(3);
    expect(await applied(f, { kind: 'event', partition: 1, offset: 2 }, 'last')).toBe(6);
    expect(
      await applied(
        f,
        {
          kind: 'offsets',
          offsets: [
            { partition: 0, next: 2 },
            { partition: 1, next: 1 },
          ],
        },
        'offsets',
      ),
    ).toBe(3);
  });

  it('that the path does not pass through are refused with the nearest one', async () => {
    const { situation } = use(six);
    const offsets = [
      { partition: 0, next: 3 },
      { partition: 1, next: 0 },
    ];
    expect(await failure(logReplay(situation).plan({ target: { kind: 'offsets', offsets } }))).toMatchObject({
      code: 'unresolvable-target',
    });
    expect(
      await failure(logReplay(situation).plan({ target: { kind: 'event', partition: 7, offset: 0 } })),
    ).toMatchObject({ code: 'unresolvable-target' });
    expect(
      await failure(logReplay(situation).plan({ target: { kind: 'event', partition: 0, offset: 99 } })),
    ).toMatchObject({ code: 'unresolvable-target' });
  });
});

describe('poison events', () => {
  const poisoned = balanceWorker(
    '',
    `evolve(state, event) {
      if (event.value.add === 13) throw new Error('unlucky');
      if (event.value.add === 14) for (;;);
      return { balance: state.balance + event.value.add, seen: state.seen + 1 };
    },`,
  );
  const three = (middle: number): readonly FixtureEvent[] => [
    at(0, 0, 0),
    at(0, 1, 1, middle),
    at(0, 2, 2),
    at(1, 0, 3),
  ];

  it('stop the run with the event named, and it can be resumed after nothing was lost', async () => {
    const { situation } = use(three(13), poisoned);
    const { code, message } = await failure(recovered(situation));
    expect(code).toBe('worker-failed');
    expect(message).toContain('t[0]@1');
    expect(openRunCatalogue(situation.store).list()[0]).toMatchObject({ status: 'failed' });
  });

  it('are parked whole, listed with their keys, and mark what they would have touched', async () => {
    const f = use(three(13), poisoned);
    const situation = f.but({ poison: 'quarantine-event' });
    const { report, states } = await recovered(situation);
    expect(report.totals).toMatchObject({ applied: 3, quarantined: 1 });
    expect(states).toEqual({ k0: { balance: 2, seen: 2 }, k1: { balance: 1, seen: 1 } });
    const parked = [...openRunCatalogue(situation.store).quarantined(report.runId)];
    expect(parked).toMatchObject([{ offset: 1, keys: ['k0'], code: 'EM3002' }]);
    expect(report.fidelity).toMatchObject({ keys: { incomplete: 1, unproven: 1 }, directKeys: 1, carriedKeys: 0 });
    const verification = await logReplay(situation).verify(report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it('before a snapshot that is trusted take nothing from it: neither its verification, nor what the worker reproduces of it', async () => {
    const f = use([at(0, 0, 0), at(1, 0, 1), at(0, 1, 2, 13), at(1, 1, 3), at(0, 2, 4)], poisoned);
    // The service did something with the event that the worker cannot handle.
    await f.writeSnapshot('mine', [2, 2], { k0: { balance: 14, seen: 2 }, k1: { balance: 2, seen: 2 } });
    const incident = { ...f.situation.incident, onset: epoch + 3500 };
    const more = { incident, snapshots: snapshotsOf(f), poison: 'quarantine-event' } as const;
    const situation = f.but({ ...more, trusted: ['mine'] });
    const { states, report } = await recovered(situation);
    expect(states).toEqual({ k0: { balance: 15, seen: 3 }, k1: { balance: 2, seen: 2 } });
    const { checks } = await logReplay(situation).verify(report);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(checks.find(({ name }) => name === 'baseline')?.detail).toEqual({
      ...{ kind: 'baseline-trusted', snapshot: 'mine', keys: 1, parked: 1 },
    });
    const [trusting, other] = [situation, f.but({ ...more, store: join(f.folder, 'other') })];
    const reasons = await Promise.all([trusting, other].map(async (one) => (await logReplay(one).plan()).workerCheck));
    expect(reasons[0]).toEqual(reasons[1]);
    expect(reasons[0]).toMatchObject({ checked: true, snapshot: 'mine' });
  });

  it('park their keys from there on where the policy says so', async () => {
    const f = use(three(13), poisoned);
    const situation = f.but({ poison: 'quarantine-key' });
    const { report, states } = await recovered(situation);
    expect(states).toEqual({ k0: { balance: 1, seen: 1 }, k1: { balance: 1, seen: 1 } });
    expect(report.totals).toMatchObject({ applied: 2, quarantined: 2 });
    const verification = await logReplay(situation).verify(report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it('are retried in their place by a plan with the mended worker', async () => {
    const f = use(three(13), poisoned);
    const situation = f.but({ poison: 'quarantine-event' });
    const first = await recovered(situation);
    f.rewriteWorker(poisoned.replace("throw new Error('unlucky')", 'state = { ...state, balance: state.balance * 2 }'));
    const second = await recovered(situation);
    expect(second.report.runId).not.toBe(first.report.runId);
    expect(second.report.quarantined).toBe(0);
    expect(second.states['k0']).toEqual({ balance: 16, seen: 3 });
  });

  it('an endless loop is stopped and the event named', async () => {
    const f = use(three(14), poisoned);
    const { code, message } = await failure(recovered(f.but({ tuning: { threads: 1, eventTimeoutMs: 400 } })));
    expect(code).toBe('worker-timeout');
    expect(message).toContain('t[0]@1');
  });

  it('an endless loop is parked where the policy says so, and the rest goes on', async () => {
    const f = use(three(14), poisoned);
    const situation = f.but({ poison: 'quarantine-event', tuning: { threads: 1, eventTimeoutMs: 400 } });
    const { report, states } = await recovered(situation);
    expect(report.totals).toMatchObject({ applied: 3, quarantined: 1 });
    expect(states['k0']).toEqual({ balance: 2, seen: 2 });
    const verification = await logReplay(situation).verify(report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it('an endless event before a snapshot does not keep a plan from being made, where such events are parked', async () => {
    for (const locality of ['', "locality: 'partition',"]) {
      const f = use(three(14), poisoned.replace('key:', `${locality} key:`));
      await f.writeSnapshot('parked', [3, 1], { k0: { balance: 2, seen: 2 }, k1: { balance: 1, seen: 1 } });
      const snapshots = snapshotsOf(f);
      const tuning = { threads: 1, eventTimeoutMs: 400 };
      const plan = await logReplay(f.but({ snapshots, tuning, poison: 'quarantine-event' })).plan();
      expect(plan.snapshots[0]).toMatchObject({ finding: 'not-comparable', keysDiffering: 0 });
      const stopping = await failure(logReplay(f.but({ snapshots, tuning, store: join(f.folder, 'other') })).plan());
      expect(stopping).toMatchObject({ code: 'worker-timeout' });
      expect(stopping.message).toContain('t[0]@1');
    }
  });

  it('bytes that are not JSON are poison too, and then any key may suffer', async () => {
    const f = use([at(0, 0, 0), { partition: 0, offset: 1, time: epoch + 1000, value: 'not JSON' }, at(0, 2, 2)]);
    expect(await failure(recovered(f.situation))).toMatchObject({ code: 'undecodable-event' });
    const situation = f.but({ poison: 'quarantine-event', store: join(f.folder, 'parking') });
    const { report } = await recovered(situation);
    expect(report.fidelity.keys).toEqual({ incomplete: 1 });
  });
});

describe('plans', () => {
  const two = [at(0, 0, 0), at(0, 1, 1)];

  it('are single-use, and carry on an unfinished run', async () => {
    const { situation } = use(two);
    const plan = await logReplay(situation).plan();
    await logReplay(situation).recover(plan);
    expect(await failure(logReplay(situation).recover(plan))).toMatchObject({ code: 'plan-already-used' });
  });

  it('are stale when worker, incident or log changed', async () => {
    const f = use(two);
    const plan: Plan = await logReplay(f.situation).plan();
    const other = { ...f.situation.incident, digest: '1'.repeat(64) };
    expect(await failure(logReplay(f.but({ incident: other })).recover(plan))).toMatchObject({ code: 'stale-plan' });
    expect(listRunIds(f.situation.store)).toEqual([]);
    f.rewriteWorker(balanceWorker('', 'evolve: (state) => state,'));
    expect(await failure(logReplay(f.situation).recover(plan))).toMatchObject({ code: 'stale-plan' });
  });

  it('name the same thing the same, whatever was measured', async () => {
    const { situation } = use(two);
    const first = await logReplay(situation).plan();
    await logReplay(situation).recover(first);
    const second = await logReplay(situation).plan();
    expect(second.id).toBe(first.id);
  });
});

describe('partition-local workers', () => {
  const local = balanceWorker("locality: 'partition',");
  const many = Array.from({ length: 600 }, (_, n) => at(n % 4, Math.floor(n / 4), n, ((n * 7) % 11) - 3));

  it('give the digest of one thread on many, and of the same worker in one order over all partitions', async () => {
    const f = use(many, local);
    const one = await recovered(f.but({ tuning: { threads: 1 } }));
    const three = await recovered(f.but({ store: join(f.folder, 'three'), tuning: { threads: 3, batchEvents: 7 } }));
    expect(three.report.stateDigest).toBe(one.report.stateDigest);
    expect(three.report.outputsDigest).toBe(one.report.outputsDigest);
    f.rewriteWorker(balanceWorker());
    const global = await recovered(f.but({ store: join(f.folder, 'global') }));
    expect(global.report.stateDigest).toBe(one.report.stateDigest);
    const verification = await logReplay(f.but({ store: join(f.folder, 'global') })).verify(global.report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it('are found out when a key stands in two partitions, on one thread and on many', async () => {
    const shared = many.map((event): FixtureEvent => ({
      ...event,
      value: { ...(event.value as object), key: 'same' },
    }));
    const f = use(shared, local);
    for (const threads of [1, 3]) {
      const situation = f.but({ store: join(f.folder, String(threads)), tuning: { threads } });
      expect(await failure(recovered(situation))).toMatchObject({ code: 'key-in-several-partitions' });
    }
  });
});
