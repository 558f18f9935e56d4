import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemorySnapshots,
  defineWorker,
  foldLog,
  type IncidentInputs,
  type MemoryEvent,
} from '@eventmend/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estimateStates, estimation, type EstimatedStates } from '../src/index.js';
import { balances, begin, day, simulateIncident } from './ensemble/simulate-incident.js';

let store: string;
beforeAll(() => {
  store = mkdtempSync(join(tmpdir(), 'eventmend-'));
});
afterAll(() => {
  rmSync(store, { recursive: true, force: true });
});

function incidentOf(seed: number, name: string): IncidentInputs & { readonly lost: number } {
  const { known, lost } = simulateIncident(seed);
  const last = (partition: number) =>
    known.reduce((most, event) => (event.partition === partition ? Math.max(most, event.offset + 1) : most), 0);
  const partitions = [0, 1].map((partition) => ({ partition, range: { from: 0, to: last(partition) } }));
  const logs = [createMemoryLog({ events: known, partitions, fingerprint: name })];
  return { worker: balances, logs, store: join(store, name), lost };
}

/** What the service wrote some days before the loss, which checks the worker. */
async function snapshotBefore(seed: number) {
  const until = begin + 20 * day;
  const seen = simulateIncident(seed).known.filter(({ time }) => time! < until);
  const { states } = await foldLog(balances, createMemoryLog({ events: seen }));
  const position = [0, 1].map((partition) => ({
    ...{ source: 'memory', topic: 'events', incarnation: '', partition },
    next: seen.filter((event) => event.partition === partition).length,
    order: { watermark: -Infinity, clock: -Infinity },
  }));
  const rows = [...states].map(([key, state]) => ({ key, state: state as Readonly<Record<string, number>> }));
  return createMemorySnapshots([{ id: 'healthy', takenAt: until, position, rows }]);
}

test('a run over one possibility says how far the sums may be off, and calls nothing better than interpolated', async () => {
  const { lost, ...bare } = incidentOf(6, 'one');
  const onset = begin + 25 * day;
  const incident = { ...bare, snapshots: await snapshotBefore(6), incident: { onset } };
  const strategy = estimation(incident, { members: 1 });
  expect(await strategy.assess({ deep: true })).toMatchObject({
    // Nothing is replayed for it, so that the worker is not checked yet.
    ...{ strategy: 'estimation', feasible: true, bringsBack: { fidelity: 'unproven' } },
    expectedLoss: { kind: 'events', events: lost },
  });
  const plan = await strategy.plan();
  const estimate = (await estimateStates(incident, { members: 1 })) as EstimatedStates;
  expect(plan.estimates).toMatchObject({ estimator: 'ensemble', events: lost, ensemble: { members: 31, seed: 1 } });
  const sum = plan.estimates!.ensemble!.sums.find(({ measure }) => measure === 'cents')!;
  expect(sum.estimate).toBe(estimate.sums['cents']!.estimate);
  expect({ ...sum }).toMatchObject(estimate.sums['cents']!.intervals[1]!);
  expect((await strategy.plan()).id).toBe(plan.id);

  const run = await strategy.recover(plan);
  expect(run.report.totals.unavailable).toBe(lost);
  expect(run.verdict).toMatchObject({ verdict: 'incomplete' });
  const states = [...run.states()];
  expect(new Set(states.map(({ fidelity }) => fidelity))).toEqual(new Set(['unproven']));
  expect(run.report.fidelity).toMatchObject({ overall: 'unproven', estimatedKeys: states.length });
  const expected = new Map([...estimate.states()].map(({ key, state }) => [key, state]));
  for (const { key, state } of states) expect(state).toEqual(expected.get(key));
  const { checks } = await strategy.verify(run);
  expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
  // Only now is the worker known to be right, and is what is left of the doubt in the drawn events.
  for (const { fidelity, causes } of run.states()) {
    expect(fidelity).toBe('interpolated');
    expect(causes).toContain('baseline 0 (proven)');
  }
});

test('a right total of one key is no mistake of an estimate, and keys that only the live state has are kept', async () => {
  const { whole } = simulateIncident(6);
  const { states } = (await foldLog(balances, whole)) as { states: ReadonlyMap<string, { cents: number }> };
  const totals = [...states].map(([key, { cents }]) => ({
    ...{ measure: 'cents', value: cents, within: 0, at: null, of: 'the bank', keys: [key] },
  }));
  const rows = [{ key: 'A-99', state: { cents: 5, refused: 0 } }];
  const { lost: _, ...incident } = incidentOf(6, 'totals');
  const live = createMemorySnapshots([{ id: 'live', position: null, rows }]);
  const strategy = estimation({ ...incident, totals, live }, { members: 1 });
  const run = await strategy.recover(await strategy.plan());
  expect(run.report.kept).toMatchObject({ keys: 1 });
  const { checks } = await strategy.verify(run);
  const judged = checks.filter(({ name }) => name === 'total').map(({ result }) => result);
  expect(judged).toContain('not-checked');
  expect(judged).not.toContain('failed');
});

test('says how far the run and the live state are expected to be off, and which is nearer', async () => {
  const { whole, known } = simulateIncident(6);
  const { states } = (await foldLog(balances, whole)) as { states: ReadonlyMap<string, { cents: number }> };
  const position = [0, 1].map((partition) => ({
    ...{ source: 'memory', topic: 'events', incarnation: '', partition },
    next: known.reduce((most, event) => (event.partition === partition ? Math.max(most, event.offset + 1) : most), 0),
    order: { watermark: -Infinity, clock: -Infinity },
  }));
  const { lost: _, ...incident } = incidentOf(6, 'off');
  const planWith = async (id: string, off: (cents: number, at: number) => number) => {
    const rows = [...states].map(([key, state], at) => ({ key, state: { ...state, cents: off(state.cents, at) } }));
    const live = createMemorySnapshots([{ id, position, rows }]);
    return (await estimation({ ...incident, live }, { members: 1 }).plan()).estimates!.ensemble!.off!;
  };
  const centsOf = (off: Awaited<ReturnType<typeof planWith>>) => off.find(({ measure }) => measure === 'cents')!;
  // A service that is right is no further from what was drawn than the truth is likely to be, or hardly.
  const right = centsOf(await planWith('right', (cents) => cents));
  expect(right.keys).toBe(10);
  expect(right.live).toBeLessThan(right.run);
  // One that is off by ten times as much as the estimate can tell: about as far as it is.
  const wrong = centsOf(await planWith('wrong', (cents, at) => cents + (at % 2 === 0 ? 10 : -10) * right.run));
  expect(wrong.run).toBe(right.run);
  expect(wrong.live / (10 * right.run)).toBeGreaterThan(0.8);
  expect(wrong.live / (10 * right.run)).toBeLessThan(1.2);
});

test('where nothing is lost it is not feasible, and a plan is refused with its reason', async () => {
  const { whole } = simulateIncident(6);
  const strategy = estimation({ worker: balances, logs: [whole], store: join(store, 'whole') });
  expect(await strategy.assess({ deep: true })).toMatchObject({ feasible: false });
  await expect(strategy.plan()).rejects.toMatchObject({
    code: 'estimate-refused',
    details: { reason: { code: 'nothing-lost' } },
  });
});

test('under an order by a field that follows the times drawn events get the numbers of their time', async () => {
  const { known, lost } = simulateIncident(6);
  const last = (partition: number) => known.findLast((event) => event.partition === partition)!.offset + 1;
  const partitions = [0, 1].map((partition) => ({ partition, range: { from: 0, to: last(partition) } }));
  const inOrder = [...known].sort((a, b) => a.time! - b.time!);
  const numbered = new Map(inOrder.map((event, at) => [event, 1000 + 3 * at]));
  const events = known.map((event) => ({
    ...event,
    value: { ...(event.value as object), at: { n: numbered.get(event) } },
  }));
  const logs = [createMemoryLog({ events, partitions, fingerprint: 'in order' })];
  const incident = {
    worker: balances,
    logs,
    store: join(store, 'in-order'),
    order: { by: 'field', path: 'at.n' } as const,
  };
  const strategy = estimation(incident, { members: 1 });
  const run = await strategy.recover(await strategy.plan());
  expect(run.report.totals.unavailable).toBe(lost);
  const { checks } = await strategy.verify(run);
  expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
  // The states are those that the ensemble has for this path, so that each drawn event was handled where it was drawn.
  const estimate = (await estimateStates(incident, { members: 1 })) as EstimatedStates;
  const expected = new Map([...estimate.states()].map(({ key, state }) => [key, state]));
  for (const { key, state } of run.states()) expect(state).toEqual(expected.get(key));
});

test('what it cannot do it refuses: some keys, another order than by time', async () => {
  const { lost: _, ...incident } = incidentOf(7, 'refused');
  const denied = { code: 'operation-not-allowed' };
  await expect(estimation(incident).plan({ scope: { keys: ['A-1'] } })).rejects.toMatchObject(denied);
  const withIds = defineWorker({ ...balances.definition, deduplicate: { id: () => 'one', window: 10 } } as never);
  await expect(estimation({ ...incident, worker: withIds }).plan()).rejects.toMatchObject(denied);
  const { known } = simulateIncident(7);
  const last = (partition: number) => known.findLast((event) => event.partition === partition)!.offset + 1;
  const partitions = [0, 1].map((partition) => ({ partition, range: { from: 0, to: last(partition) } }));
  // Numbers that say nothing of the times give drawn events no place.
  const events = known.map((event, at) => ({ ...event, value: { ...(event.value as object), n: (at * 7919) % 1009 } }));
  const logs = [createMemoryLog({ events, partitions, fingerprint: 'by field' })];
  const byField = { ...incident, logs, order: { by: 'field', path: 'n' } as const };
  await expect(estimation(byField, { members: 1 }).plan()).rejects.toMatchObject(denied);
});

test('behind a loss at the end every key is extrapolated', async () => {
  const { known, whole } = simulateIncident(9);
  const { partitions } = await whole.describe();
  const ends = partitions.map(({ partition, range }) => ({ partition, range }));
  const isKept = ({ partition, offset }: MemoryEvent) => offset < ends[partition!]!.range.to - 6;
  const kept = known.filter(isKept);
  const logs = [createMemoryLog({ events: kept, partitions: ends, fingerprint: 'end' })];
  const last = known.reduce((most, { time }) => Math.max(most, time!), 0);
  const healthy = { snapshots: await snapshotBefore(9), incident: { onset: begin + 25 * day } };
  const strategy = estimation({ worker: balances, logs, store: join(store, 'end'), ...healthy }, { members: 1 });
  const plan = await strategy.plan({ target: { kind: 'time', time: last + 1 } });
  const run = await strategy.recover(plan);
  await strategy.verify(run);
  expect(new Set([...run.states()].map(({ fidelity }) => fidelity))).toEqual(new Set(['extrapolated']));
});
