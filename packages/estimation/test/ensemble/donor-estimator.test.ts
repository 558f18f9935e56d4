import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLog, defineWorker, foldLog, type MemoryEvent } from '@eventmend/core';
import type { GapToEstimate } from '@eventmend/core/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { donorEstimator, estimateStates, type EstimatedStates } from '../../src/index.js';
import { balances, simulateIncident } from './simulate-incident.js';

let store: string;
beforeAll(() => {
  store = mkdtempSync(join(tmpdir(), 'eventmend-'));
});
afterAll(() => {
  rmSync(store, { recursive: true, force: true });
});

test('the events of one member fill the gaps, the same for the same request', async () => {
  const { logWithGap, lost, known } = simulateIncident(4);
  const incident = { worker: balances, logs: [logWithGap], store };
  const states = (await estimateStates(incident, { members: 1 })) as EstimatedStates;
  const request: GapToEstimate = { gaps: states.gaps.map(({ offsets }) => offsets), events: lost, baselineTime: null };
  const estimator = donorEstimator(incident, { members: 1 });
  const events = (await estimator.estimate(request, {}))!;
  expect(events).toHaveLength(lost);
  expect(await estimator.estimate(request, {})).toEqual(events);
  const spans = states.gaps.map(({ from, to }) => [from, to] as const);
  for (const { time } of events) expect(spans.some(([from, to]) => time >= from && time <= to)).toBe(true);
  // A log with these events in place of the lost ones gives the states of that member.
  const places = new Map(states.gaps.map(({ offsets }) => [offsets.partition, offsets.from]));
  const filled = events.map(({ key, time, value }): MemoryEvent => {
    const partition = Number(key!.slice(2)) % 2;
    const offset = places.get(partition)!;
    places.set(partition, offset + 1);
    return { partition, offset, time, key, stored: value };
  });
  const folded = (await foldLog(balances, createMemoryLog({ events: [...known, ...filled] }))).states;
  for (const { key, state } of states.states()) expect(folded.get(key)).toEqual(state);
});

test('fewer where records stand in for some, and nothing of offsets that were not asked for', async () => {
  const { logWithGap, lost } = simulateIncident(4);
  const incident = { worker: balances, logs: [logWithGap], store };
  const states = (await estimateStates(incident, { members: 1 })) as EstimatedStates;
  const gaps = states.gaps.map(({ offsets }) => offsets);
  const estimator = donorEstimator(incident, { members: 1 });
  expect(await estimator.estimate({ gaps, events: lost - 3, baselineTime: null }, {})).toHaveLength(lost - 3);
  const first = gaps.slice(0, 1);
  const ofFirst = await estimator.estimate({ gaps: first, events: lost, baselineTime: null }, {});
  expect(ofFirst).toHaveLength(first[0]!.to - first[0]!.from);
});

test('a worker that knows events by an id is given none: they would be repeats', async () => {
  const { logWithGap, lost } = simulateIncident(4);
  const worker = defineWorker({ ...balances.definition, deduplicate: { id: () => 'one', window: 10 } } as never);
  const estimator = donorEstimator({ worker, logs: [logWithGap], store }, { members: 1 });
  const gaps = [{ source: 'memory', topic: 'events', incarnation: '', partition: 0, from: 0, to: 1e6 }];
  expect(await estimator.estimate({ gaps, events: lost, baselineTime: null }, {})).toBeNull();
});

test('where nothing can be estimated it says nothing', async () => {
  const { whole } = simulateIncident(4);
  const estimator = donorEstimator({ worker: balances, logs: [whole], store });
  expect(await estimator.estimate({ gaps: [], events: 0, baselineTime: null }, {})).toBeNull();
});
