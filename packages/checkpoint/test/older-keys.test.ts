import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemoryRecordedOutputs,
  createMemorySnapshots,
  defineWorker,
  isRecoveryError,
  type IncidentInputs,
} from '@eventmend/core';
import { completeInputs, correctionsOfRun, startOfOrder, unbalancedAccounts } from '@eventmend/core/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-older-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let stores = 0;

const hour = 3_600_000;
interface Booking {
  readonly cents: number;
  readonly also?: string;
}

const workerOf = (locality: 'partition' | 'global') =>
  defineWorker<Booking, number>({
    name: 'bookings',
    version: '1.0.0',
    locality,
    keys: ({ key, value: { also } }) => (also === undefined ? [key ?? ''] : [key ?? '', also]),
    initial: () => 0,
    outputs: { booked: { kind: 'event', retract: () => null } },
    evolve: (states, { key, value: { cents, also } }, { emit }) => {
      emit('booked', cents);
      states.set(key ?? '', states.get(key ?? '') + cents);
      if (also !== undefined) states.set(also, states.get(also) + cents);
    },
  });

/** Keys of partition 0 are a to f, those of partition 1 u to z; an event of each every hour, in turn. */
const even = ['a', 'b', 'c', 'd', 'e', 'f'];
const odd = ['u', 'v', 'w', 'x', 'y', 'z'];
const events = Array.from({ length: 120 }, (_, number) => {
  const partition = number % 2;
  const offset = Math.floor(number / 2);
  const key = (partition === 0 ? even : odd)[offset % 6] ?? '';
  // The first event of b behind the older snapshot names c too.
  const also = partition === 0 && offset === 25 ? { also: 'c' } : {};
  return { partition, offset, time: number * hour, key, value: { cents: 1 + (number % 7), ...also } };
});

function balancesAt(next: readonly number[]): Map<string, number> {
  const balances = new Map<string, number>();
  for (const { partition, offset, key, value } of events) {
    if (offset >= (next[partition] ?? 0)) continue;
    for (const named of [key, ...(value.also === undefined ? [] : [value.also])]) {
      balances.set(named, (balances.get(named) ?? 0) + value.cents);
    }
  }
  return balances;
}

const positionOf = (next: readonly number[]) =>
  next.map((offset, partition) => ({
    ...{ source: 'bank', topic: 'bookings', incarnation: '', partition, next: offset, order: startOfOrder },
  }));
const rowsOf = (states: ReadonlyMap<string, number>) => [...states].map(([key, state]) => ({ key, state }));

const older = [20, 20];
const newer = [40, 40];
/** What the service made of the keys until the newer snapshot: it lost a booking of a, and one of b. */
const faulty = new Map(
  [...balancesAt(newer)].map(([key, cents]) => [key, key === 'a' || key === 'b' ? cents - 1 : cents]),
);

/** The log lost the beginning of both partitions, and partition 1 between the two snapshots. */
function incidentOf({
  locality = 'partition',
  trusted = ['c-0410'],
  ...more
}: {
  readonly locality?: 'partition' | 'global';
  readonly trusted?: readonly string[];
  readonly live?: NonNullable<IncidentInputs['live']>;
  readonly tuning?: NonNullable<IncidentInputs['tuning']>;
} = {}): IncidentInputs {
  return {
    incident: { name: 'bookings', onset: 30 * hour },
    worker: workerOf(locality),
    logs: [
      createMemoryLog({
        source: 'bank',
        topic: 'bookings',
        fingerprint: 'bank',
        partitions: [0, 1].map((partition) => ({ partition, beginning: 0, range: { from: 0, to: 60 } })),
        events: events.filter(({ partition, offset }) => offset >= (partition === 0 ? 20 : 40)),
      }),
    ],
    snapshots: createMemorySnapshots([
      { id: 'c-0410', takenAt: 20 * hour, position: positionOf(older), rows: rowsOf(balancesAt(older)) },
      { id: 'c-0412', takenAt: 80 * hour, position: positionOf(newer), rows: rowsOf(faulty) },
    ]),
    trusted,
    ...more,
    store: join(scratch, String(stores++)),
  };
}

const truth = balancesAt([60, 60]);

describe('a newer snapshot that is wrong in some keys', () => {
  it('gives all others; the wrong ones, and what events connect with them, come from the older one', async () => {
    const strategy = checkpointRecovery(incidentOf());
    const plan = await strategy.plan();
    const [wrong, agreeing, rest] = plan.baseline;
    expect(plan.baseline).toHaveLength(3);
    // b and c meet in an event between the two, so that c comes along.
    expect(wrong).toMatchObject({
      scope: { kind: 'keys', keys: ['a', 'b', 'c'] },
      source: { id: 'c-0410' },
      basis: 'declared',
      insteadOf: { snapshot: 'c-0412', wrong: 2 },
    });
    // Only where their events are do they begin earlier: what partition 1 has lost concerns none of them.
    expect(wrong?.position.map(({ next }) => next)).toEqual(['20', '40']);
    expect(agreeing).toMatchObject({ scope: { keys: ['d', 'e', 'f'] }, source: { id: 'c-0412' }, basis: 'declared' });
    expect(rest).toMatchObject({ scope: { kind: 'all' }, source: { id: 'c-0412' }, basis: 'unproven' });
    expect(plan.expected.loss.events).toBe(0);
    const run = await strategy.recover(plan);
    expect(new Map([...run.states()].map(({ key, state }) => [key, state]))).toEqual(truth);
    // 20 offsets of partition 0 lie between the two; ten are of d, e and f (counted by hand).
    expect(run.report.totals).toMatchObject({ unavailable: 0, skipped: { 'before-baseline': 10 }, applied: 50 });
    expect(unbalancedAccounts(run.accounts)).toEqual([]);
    const { checks } = await strategy.verify(run);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it('lets nothing of partition 1 pass for better than unproven', async () => {
    const strategy = checkpointRecovery(incidentOf());
    const run = await strategy.recover();
    await strategy.verify(run);
    const fidelities = new Map([...run.states()].map(({ key, fidelity }) => [key, fidelity]));
    expect(odd.map((key) => fidelities.get(key))).toEqual(odd.map(() => 'unproven'));
    expect(run.verdict).toMatchObject({
      missing: expect.arrayContaining([{ kind: 'baseline-unproven', snapshot: 'c-0412' }]) as unknown,
    });
  });

  it('is told of by an assessment as soon as a plan has looked', async () => {
    const strategy = checkpointRecovery(incidentOf());
    expect((await strategy.assess()).olderKeys).toBeUndefined();
    await strategy.plan();
    expect((await strategy.assess()).olderKeys).toEqual([{ newest: 'c-0412', older: 'c-0410', wrong: 2 }]);
  });

  it('is left alone, with the reason, where a lost event may have named any key', async () => {
    const plan = await checkpointRecovery(incidentOf({ locality: 'global' })).plan();
    expect(plan.baseline).toMatchObject([{ scope: { kind: 'all' }, source: { id: 'c-0410' } }]);
    expect(plan.notMixed).toEqual({ older: 'c-0410', newer: 'c-0412', reason: 'keys-of-any-partition' });
  });

  it('names what rests on an unproven older state unproven too', async () => {
    const plan = await checkpointRecovery(incidentOf({ trusted: [] })).plan();
    expect(plan.baseline).toMatchObject([
      { scope: { keys: ['a', 'b', 'c'] }, source: { id: 'c-0410' }, basis: 'unproven' },
      { scope: { kind: 'all' }, source: { id: 'c-0412' }, basis: 'unproven' },
    ]);
  });

  it('is what was asked for, or is not used at all where the older one is', async () => {
    const strategy = checkpointRecovery(incidentOf());
    expect((await strategy.plan({ baseline: 'c-0412' })).baseline).toHaveLength(3);
    const single = await strategy.plan({ baseline: 'c-0410' });
    expect(single.baseline).toMatchObject([{ scope: { kind: 'all' }, source: { id: 'c-0410' } }]);
    expect(single.expected.loss.events).toBe(20);
  });

  it('goes on where a stopped run was left, to the same states', async () => {
    const strategy = checkpointRecovery(incidentOf({ tuning: { batchEvents: 4, batchMs: 0 } }));
    const plan = await strategy.plan();
    let stops = 0;
    let reached = 0;
    for (;;) {
      const abort = new AbortController();
      try {
        const onProgress = ({ done }: { done: number }) => {
          if (done > reached) abort.abort();
          if (abort.signal.aborted) reached = done;
        };
        const run = await strategy.recover(plan, { signal: abort.signal, onProgress });
        expect(new Map([...run.states()].map(({ key, state }) => [key, state]))).toEqual(truth);
        expect(run.report.totals).toMatchObject({ skipped: { 'before-baseline': 10 }, applied: 50 });
        break;
      } catch (error) {
        if (!isRecoveryError(error) || error.code !== 'interrupted') throw error;
        stops++;
      }
    }
    expect(stops).toBeGreaterThan(0);
  });

  it('is expected to leave so many keys wrong as the events that are lost may have named', async () => {
    const states = rowsOf(balancesAt([60, 60]));
    const live = createMemorySnapshots([{ id: 'live', position: positionOf([60, 60]), rows: states }]);
    // All twelve keys may have been in one of the 20 lost events: how often each is named by the 60 that are left.
    const known = events.filter(({ partition, offset }) => offset >= (partition === 0 ? 20 : 40));
    const named = known.flatMap(({ key, value: { also } }) => (also === undefined ? [key] : [key, also]));
    const lost = 20 * (named.length / known.length);
    const wrong = [...truth.keys()].map((key) => {
      const times = named.filter((one) => one === key).length;
      return 1 - Math.exp((-lost * (times + 0.5)) / (named.length + 0.5 * truth.size));
    });
    const { liveCandidate } = await checkpointRecovery(incidentOf({ locality: 'global', live })).plan();
    expect(liveCandidate?.expectedWrong).toMatchObject({ reached: 12, live: null, chosen: null });
    expect(liveCandidate?.expectedWrong?.rebuilt).toBeCloseTo(
      wrong.reduce((sum, one) => sum + one, 0),
      2,
    );
    // Where the newer state has seen all that is lost, nothing is.
    const mixed = await checkpointRecovery(incidentOf({ live })).plan();
    expect(mixed.liveCandidate).toMatchObject({ lost: 0 });
    expect(mixed.liveCandidate?.expectedWrong).toBeUndefined();
  });

  it('is named by an assessment where the log ends before it', async () => {
    const incident = incidentOf();
    const ahead = { id: 'c-0500', takenAt: 200 * hour, position: positionOf([61, 60]), rows: rowsOf(truth) };
    const assessment = await checkpointRecovery({ ...incident, snapshots: createMemorySnapshots([ahead]) }).assess();
    expect(assessment.warnings).toEqual([
      {
        kind: 'snapshot-not-on-log',
        snapshot: 'c-0500',
        problem: { kind: 'behind-log-end', topic: 'bookings', partition: 0, next: 61, end: 60 },
      },
    ]);
  });

  it('leaves what the service sent between the two unjudged, but for the keys that begin at the older one', async () => {
    // The service missed the bookings at 24 and 25 of partition 0, and sent one of d twice, at 21.
    const handled = events.filter(({ partition, offset }) => partition === 1 || (offset !== 24 && offset !== 25));
    const sent = handled.flatMap((event) => (event.partition === 0 && event.offset === 21 ? [event, event] : [event]));
    const recordedOutputs = createMemoryRecordedOutputs(
      sent.map(({ partition, offset, key, value: { cents } }) => ({
        ...{ output: 'booked', key, value: cents, event: { topic: 'bookings', partition, offset } },
      })),
    );
    const incident = incidentOf();
    const run = await checkpointRecovery(incident).recover();
    const corrections = await correctionsOfRun(completeInputs({ ...incident, recordedOutputs }), run.runId);
    expect(corrections.counts).toMatchObject({ toRetract: 0 });
    const owed = [...corrections.list()].map(({ action, event }) => `${action} ${event.partition}@${event.offset}`);
    // What is owed for a and b is told; what d, e and f were sent between the two states may be right.
    expect(owed).toEqual(['send 0@24', 'send 0@25']);
    corrections.close();
  });
});
