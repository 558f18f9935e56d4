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
import { estimateStates, type EstimatedStates, type StatesEstimate, type StatesOptions } from '../../src/index.js';
import { balances, begin, day, simulateIncident } from './simulate-incident.js';

let store: string;
beforeAll(() => {
  store = mkdtempSync(join(tmpdir(), 'eventmend-'));
});
afterAll(() => {
  rmSync(store, { recursive: true, force: true });
});

const hour = 3_600_000;

function estimate(
  incident: Omit<IncidentInputs, 'store'>,
  options: StatesOptions = { members: 1 },
): Promise<StatesEstimate> {
  return estimateStates({ ...incident, store }, options);
}

async function estimated(...args: Parameters<typeof estimate>): Promise<EstimatedStates> {
  const result = await estimate(...args);
  expect(result).toMatchObject({ status: 'estimated' });
  return result as EstimatedStates;
}

/** One event an hour: it adds 1 to one of three keys. */
function hourly(hours: number, more: (at: number) => Partial<MemoryEvent> = () => ({})): readonly MemoryEvent[] {
  return Array.from({ length: hours }, (_, at) => ({
    ...{ offset: at, time: begin + at * hour, key: `K-${at % 3}`, value: { by: 1 } },
    ...more(at),
  }));
}

const without = (events: readonly MemoryEvent[], from: number, to: number) =>
  events.filter(({ offset }) => offset < from || offset >= to);

const order = { watermark: -Infinity, clock: -Infinity };
const positionAt = (next: number) => [{ source: '', topic: 'events', incarnation: '', partition: 0, next, order }];

const definition = {
  name: 'counter',
  version: '1.0.0',
  key: ({ key }: { readonly key: string | null }) => key ?? '',
  initial: () => ({ n: 0 }),
  evolve: ({ n }: { readonly n: number }, { value }: { readonly value: { readonly by: number } }) => ({
    n: n + value.by,
  }),
  measures: { n: ({ n }: { readonly n: number }) => n },
};
const counter = defineWorker(definition);

test('as many events as offsets are lost, so that a count of them is known however they went', async () => {
  const events = hourly(24 * 30);
  const { sums, gaps, counts, filledAs, keys } = await estimated({
    worker: counter,
    logs: [createMemoryLog({ events: without(events, 400, 406) })],
  });
  expect(gaps).toMatchObject([
    { events: 6, from: begin + 399 * hour, to: begin + 406 * hour, phase: 'day', isBounded: true },
  ]);
  expect(sums['n']).toMatchObject({ estimate: 720, standardDeviation: 0 });
  expect(counts).toMatchObject({ known: 714, failed: 0, failedInSome: 0 });
  expect(filledAs).toBe('interpolated');
  expect(keys).toEqual({ all: 3, reached: 3 });
});

test('nothing is called exact, not even a key that no member reaches', async () => {
  const { logWithGap } = simulateIncident(5);
  const { states } = await estimated({ worker: balances, logs: [logWithGap] });
  const fidelities = new Set([...states()].map(({ fidelity }) => fidelity));
  expect([...fidelities]).toEqual(['unproven']);
});

test('the same seed gives the same members, and another one others', async () => {
  const run = async (seed: number): Promise<string> => {
    const { states, sums } = await estimated(
      { worker: balances, logs: [simulateIncident(3).logWithGap] },
      { members: 40, seed },
    );
    return JSON.stringify([sums, [...states()]]);
  };
  const first = await run(1);
  expect(await run(1)).toBe(first);
  expect(await run(2)).not.toBe(first);
});

test('the states of the representative member belong together, and are those of most where the gap makes no difference', async () => {
  const { logWithGap } = simulateIncident(8, { accounts: 10 });
  const { states, sums } = await estimated({ worker: balances, logs: [logWithGap] });
  const all = [...states()];
  const sum = all.reduce((total, { state }) => total + (state as { cents: number }).cents, 0);
  const { low, high } = sums['cents']!.intervals[0]!;
  expect(sum).toBeGreaterThanOrEqual(low);
  expect(sum).toBeLessThanOrEqual(high);
  for (const { isReached, agreement } of all) expect(isReached ? agreement <= 1 : agreement === 1).toBe(true);
});

test('a known sum of a measure is kept, and makes the intervals of the keys narrower', async () => {
  const { whole, logWithGap } = simulateIncident(11);
  const truth = (await foldLog(balances, whole)).states as ReadonlyMap<string, { cents: number }>;
  const value = [...truth.values()].reduce((sum, { cents }) => sum + cents, 0);
  const total = { measure: 'cents', value, within: 0, at: null, of: 'the bank' };
  const plain = await estimated({ worker: balances, logs: [logWithGap] });
  const held = await estimated({ worker: balances, logs: [logWithGap], totals: [total] });
  expect(held.totals).toEqual([{ total, found: expect.closeTo(value, 4) as number }]);
  expect(held.sums['cents']!.standardDeviation).toBeLessThan(1e-6 * value);
  const deviations = ({ states }: EstimatedStates) =>
    [...states()].reduce((sum, { measures }) => sum + measures['cents']!.standardDeviation, 0);
  expect(deviations(held)).toBeLessThan(deviations(plain));
  const wrong = { ...total, value: 10 * value };
  expect(await estimate({ worker: balances, logs: [logWithGap], totals: [wrong] })).toMatchObject({
    reason: { code: 'contradicting-total', measure: 'cents', total: 10 * value },
  });
  // Two exact totals of one sum cannot both be kept.
  expect(
    await estimate({ worker: balances, logs: [logWithGap], totals: [total, { ...total, value: value + 1 }] }),
  ).toMatchObject({ reason: { code: 'contradicting-total', total: value + 1 } });
});

test('a total of some keys is held against these, and moves no sum', async () => {
  const log = createMemoryLog({ events: without(hourly(24 * 30), 400, 406) });
  const total = { measure: 'n', value: 240, within: 0, at: null, of: 'a count', keys: ['K-0', 'K-0'] };
  const { sums, totals, states } = await estimated({ worker: counter, logs: [log], totals: [total] });
  expect(sums['n']).toMatchObject({ estimate: 720 });
  const [first] = [...states()];
  expect(totals).toEqual([{ total, found: first!.measures['n']!.estimate }]);
  expect(totals[0]!.found).toBeGreaterThan(230);
  expect(totals[0]!.found).toBeLessThan(250);
});

test('a snapshot that breaks an invariant, or a total of its moment, is not begun at', async () => {
  const events = hourly(24 * 30);
  const log = createMemoryLog({
    events: without(events, 0, 300),
    partitions: [{ partition: 0, range: { from: 300, to: 720 } }],
  });
  const snapshot = (id: string, next: number, n: number) => ({
    ...{ id, takenAt: begin + (next - 0.5) * hour, position: positionAt(next) },
    rows: [0, 1, 2].map((key) => ({ key: `K-${key}`, state: { n: key === 0 ? n : next / 3 } })),
  });
  const snapshots = createMemorySnapshots([snapshot('right', 291, 97), snapshot('wrong', 294, -98)]);
  const incident = { onset: begin + 700 * hour };
  const inputs = { logs: [log], incident, snapshots };
  const bare = await estimated({ ...inputs, worker: counter });
  expect(bare.baseline.snapshot!.id).toBe('wrong');
  const worker = defineWorker({ ...definition, invariants: { positive: ({ n }: { readonly n: number }) => n >= 0 } });
  const held = await estimated({ ...inputs, worker });
  expect(held.baseline.snapshot!.id).toBe('right');
  const total = { measure: 'n', value: 294, within: 0, at: begin + 293.5 * hour, of: 'a count' };
  const counted = await estimated({ ...inputs, worker: counter, totals: [total] });
  expect(counted.baseline.snapshot!.id).toBe('right');
});

/** The hourly log from its 300th event on, with six lost ones, and snapshots of the counter. */
const laterLog = createMemoryLog({
  events: without(hourly(24 * 30), 0, 300).filter(({ offset }) => offset < 500 || offset >= 506),
  partitions: [{ partition: 0, range: { from: 300, to: 720 } }],
});
const counted = (id: string, next: number, { wrongBy = 0, position = positionAt(next) as never } = {}) => ({
  ...{ id, takenAt: begin + (next - 0.5) * hour, position },
  rows: [0, 1, 2].map((key) => ({
    key: `K-${key}`,
    state: { n: Math.ceil((next - key) / 3) + (key === 1 ? wrongBy : 0) },
  })),
});

test('a snapshot from before the onset that a replay from the one before it contradicts is not begun at', async () => {
  const inputs = { worker: counter, logs: [laterLog], incident: { onset: begin + 700 * hour } };
  const right = createMemorySnapshots([counted('first', 390), counted('second', 450)]);
  const onRight = await estimated({ ...inputs, snapshots: right });
  expect(onRight.baseline).toMatchObject({ basis: 'unproven', snapshot: { id: 'second' } });
  expect(onRight.sums['n']!.estimate).toBe(720);
  const wrong = createMemorySnapshots([counted('first', 390), counted('second', 450, { wrongBy: 7 })]);
  const onFirst = await estimated({ ...inputs, snapshots: wrong });
  expect(onFirst.baseline).toMatchObject({ basis: 'unproven', snapshot: { id: 'first' } });
  expect(onFirst.sums['n']!.estimate).toBe(720);
});

test('a snapshot that is reproduced from one declared trusted is declared, and no better', async () => {
  const snapshots = createMemorySnapshots([counted('trusted', 390), counted('later', 450)]);
  const inputs = { worker: counter, logs: [laterLog], incident: { onset: begin + 700 * hour }, snapshots };
  const { baseline, fidelity } = await estimated({ ...inputs, trusted: ['trusted'] });
  expect(baseline).toMatchObject({ basis: 'declared', snapshot: { id: 'later' } });
  // The replay up to it has checked the worker as well.
  expect(fidelity).toBe('interpolated');
});

test('an estimate on a state that nobody proved, or by a worker that nothing checked, is unproven', async () => {
  const inputs = { worker: counter, logs: [laterLog], incident: { onset: begin + 700 * hour } };
  const unproven = await estimated({ ...inputs, snapshots: createMemorySnapshots([counted('only', 390)]) });
  expect(unproven).toMatchObject({ fidelity: 'unproven', filledAs: 'interpolated' });
  const log = createMemoryLog({ events: without(hourly(24 * 30), 400, 406) });
  const unchecked = await estimated({ worker: counter, logs: [log] });
  expect(unchecked).toMatchObject({ baseline: { basis: 'genesis' }, fidelity: 'unproven', filledAs: 'interpolated' });
  const checked = await estimated({
    ...{ worker: counter, logs: [log] },
    snapshots: createMemorySnapshots([counted('early', 300)]),
    incident: { onset: begin + 700 * hour },
  });
  expect(checked).toMatchObject({ fidelity: 'interpolated' });
});

test('a state of which only the time is known is begun at, unless nobody can say how many lost events it has seen', async () => {
  const inputs = { worker: counter, logs: [laterLog], incident: { onset: begin + 700 * hour } };
  const placeless = { position: null as never };
  const early = counted('early', 390, placeless);
  const { baseline } = await estimated({ ...inputs, snapshots: createMemorySnapshots([early]) });
  expect(baseline).toMatchObject({ snapshot: { id: 'early' }, isWithinLoss: false });
  const both = createMemorySnapshots([early, counted('within', 503, placeless)]);
  expect((await estimated({ ...inputs, snapshots: both })).baseline).toMatchObject({ snapshot: { id: 'early' } });
});

test('it begins at the state that is asked for, and refuses one that it cannot begin at', async () => {
  const snapshots = createMemorySnapshots([counted('first', 390), counted('second', 450)]);
  const inputs = { worker: counter, logs: [laterLog], incident: { onset: begin + 700 * hour }, snapshots };
  const { baseline } = await estimated(inputs, { members: 1, baseline: 'first' });
  expect(baseline).toMatchObject({ snapshot: { id: 'first' } });
  await expect(estimate(inputs, { members: 1, baseline: 'third' })).rejects.toMatchObject({
    code: 'unproven-baseline',
  });
});

test('a snapshot behind the gap, from before the error, leaves nothing to estimate; one in front of it is begun at', async () => {
  const events = hourly(24 * 30);
  const log = createMemoryLog({
    events: without(events, 0, 300),
    partitions: [{ partition: 0, range: { from: 300, to: 720 } }],
  });
  const snapshot = (id: string, next: number) => ({
    ...{
      id,
      takenAt: begin + (next - 0.5) * hour,
      rows: [0, 1, 2].map((key) => ({ key: `K-${key}`, state: { n: next / 3 } })),
    },
    position: positionAt(next),
  });
  const behind = createMemorySnapshots([snapshot('behind', 306)]);
  const inputs = { worker: counter, logs: [log], incident: { onset: begin + 700 * hour } };
  expect(await estimate({ ...inputs, snapshots: behind })).toMatchObject({ reason: { code: 'nothing-lost' } });
  const before = createMemorySnapshots([snapshot('before', 294)]);
  const result = await estimated({ ...inputs, snapshots: before });
  expect(result.baseline).toMatchObject({ basis: 'unproven', snapshot: { id: 'before' } });
  expect(result.gaps).toMatchObject([{ events: 6, from: begin + 293.5 * hour }]);
  expect(result.sums['n']).toMatchObject({ estimate: 720 });
});

test('a loss at the end is extrapolated up to a moment that is known, and refused without one', async () => {
  const events = hourly(24 * 30);
  const log = createMemoryLog({
    events: without(events, 714, 720),
    partitions: [{ partition: 0, range: { from: 0, to: 720 } }],
  });
  expect(await estimate({ worker: counter, logs: [log] })).toMatchObject({ reason: { code: 'unplaced-gap' } });
  const live = createMemorySnapshots([
    { id: 'live', takenAt: begin + 720 * hour, rows: [], position: positionAt(720) },
  ]);
  const result = await estimated({ worker: counter, logs: [log], live });
  expect(result).toMatchObject({ filledAs: 'extrapolated', gaps: [{ events: 6, isBounded: false }] });
  expect(result.sums['n']!.estimate).toBe(720);
});

test('too little history is refused, and a little more is not', async () => {
  const refused = hourly(24 * 5);
  // 9 hours around the gap leave room for 11 stretches of any hour in 5 days.
  expect(
    await estimate({ worker: counter, logs: [createMemoryLog({ events: without(refused, 60, 68) })] }),
  ).toMatchObject({
    reason: { code: 'too-few-donors', needed: 19 },
  });
  const twin = hourly(24 * 9);
  await estimated({ worker: counter, logs: [createMemoryLog({ events: without(twin, 60, 68) })] });
});

test('keys that never come back are refused, and ones that do are not', async () => {
  const orders = hourly(24 * 30, (at) => ({ key: `order-${at}` }));
  expect(
    await estimate({ worker: counter, logs: [createMemoryLog({ events: without(orders, 400, 406) })] }),
  ).toMatchObject({
    reason: { code: 'keys-do-not-recur', recurring: 0 },
  });
  const customers = hourly(24 * 30, (at) => ({ key: `customer-${at % 40}` }));
  await estimated({ worker: counter, logs: [createMemoryLog({ events: without(customers, 400, 406) })] });
});

test('events that need others in front of them are refused, and ones that do not are not', async () => {
  const strict = (isStrict: boolean) =>
    defineWorker({
      name: 'strict',
      version: '1.0.0',
      key: ({ key }: { readonly key: string | null }) => key ?? '',
      initial: () => ({ last: -1 }),
      evolve: ({ last }: { readonly last: number }, { value }) => {
        const { number } = value as { number: number };
        if (isStrict && number <= last) throw new Error('this number was there');
        return { last: Math.max(last, number) };
      },
    });
  const events = hourly(24 * 30, (at) => ({ value: { number: at } }));
  const logs = [createMemoryLog({ events: without(events, 400, 406) })];
  expect(await estimate({ worker: strict(true), logs })).toMatchObject({ reason: { code: 'draws-fail' } });
  await estimated({ worker: strict(false), logs });
});

test('hours in which nothing ever happens have nothing to draw from', async () => {
  // One event a day at noon, and in one night ten that are lost.
  const days = Array.from({ length: 40 }, (_, at) => begin + at * day + 12 * hour);
  const night = Array.from({ length: 10 }, () => begin + 20 * day + 10 * hour);
  const times = [
    ...days.slice(0, 20),
    begin + 20 * day + 9.9 * hour,
    ...night,
    begin + 20 * day + 10.1 * hour,
    ...days.slice(21),
  ];
  const events = times.map((time, offset): MemoryEvent => ({ offset, time, key: 'K', value: { by: 1 } }));
  expect(
    await estimate({ worker: counter, logs: [createMemoryLog({ events: without(events, 21, 31) })] }),
  ).toMatchObject({
    reason: { code: 'no-donor-events' },
  });
});

test('a failing known event stops the estimate where the policy says so', async () => {
  const worker = defineWorker({
    ...{ name: 'picky', version: '1.0.0', initial: () => ({ n: 0 }) },
    key: ({ key }: { readonly key: string | null }) => key ?? '',
    evolve: ({ n }: { readonly n: number }, { value }) => {
      if ((value as { by: number }).by === 7) throw new Error('not seven');
      return { n: n + 1 };
    },
    measures: { n: ({ n }: { readonly n: number }) => n },
  });
  const events = hourly(24 * 30, (at) => (at === 500 ? { value: { by: 7 } } : {}));
  const logs = [createMemoryLog({ events: without(events, 400, 406) })];
  await expect(estimate({ worker, logs })).rejects.toMatchObject({ code: 'worker-failed' });
  expect((await estimated({ worker, logs, poison: 'quarantine-event' })).sums['n']!.estimate).toBeCloseTo(719, 0);
});

test('drawn events stand behind the event in front of their gap, before the one behind it, and among others by their time', async () => {
  const history = defineWorker({
    ...{ name: 'history', version: '1.0.0', key: () => 'all', initial: () => ({ seen: [] as number[][] }) },
    evolve: ({ seen }: { readonly seen: number[][] }, { partition, offset }, { now }) => ({
      seen: [...seen, [partition, offset, now]],
    }),
  });
  // Both partitions have their events at the same times, so that the edges of each gap are ties.
  const events = [0, 1].flatMap((partition) => hourly(24 * 25, () => ({ partition, key: 'all' })));
  const isLost = ({ partition, offset }: MemoryEvent) => offset >= (partition === 0 ? 560 : 562) && offset < 566;
  const { states, members, gaps } = await estimated({
    worker: history,
    logs: [createMemoryLog({ events: events.filter((event) => !isLost(event)) })],
  });
  expect(gaps).toHaveLength(2);
  expect(members).toBeGreaterThan(18);
  const [only] = [...states()];
  const state = only!.state as { seen: number[][] };
  expect(state.seen).toHaveLength(2 * 24 * 25);
  for (const partition of [0, 1]) {
    const offsets = state.seen.filter(([of]) => of === partition).map(([, offset]) => offset);
    expect(offsets).toEqual(Array.from({ length: 24 * 25 }, (_, at) => at));
  }
  const times = state.seen.map(([, , now]) => now!);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('looking at the measures on the way changes nothing of what comes of it', async () => {
  const { logWithGap } = simulateIncident(4);
  const bare = { ...balances, measures: {} };
  const looked = { ...balances, measures: { nothing: () => 0 } };
  const alone = await estimated({ worker: bare, logs: [logWithGap] });
  const seen = await estimated({ worker: looked, logs: [logWithGap] });
  const statesOf = (of: EstimatedStates) =>
    [...of.states()].map(({ key, state, agreement }) => [key, state, agreement]);
  expect(statesOf(seen)).toEqual(statesOf(alone));
  expect(alone.basis().measures).toEqual([]);
  expect(seen.basis().measures[0]!.path.length).toBeGreaterThan(40);
});

test('the measures are followed from before the gap, where all members are one, until behind it', async () => {
  const { logWithGap, known } = simulateIncident(4);
  const found = await estimated({ worker: balances, logs: [logWithGap] });
  const { history, gaps, gapsInAll, measures } = found.basis();
  expect(gapsInAll).toBe(2);
  const [from, to] = [Math.min(...gaps.map((gap) => gap.from)), Math.max(...gaps.map((gap) => gap.to))];
  const cents = measures.find(({ measure }) => measure === 'cents')!;
  const at = cents.levels.indexOf(0.9);
  const width = ({ low, high }: { low: readonly number[]; high: readonly number[] }) => high[at]! - low[at]!;
  const before = cents.path.filter(({ time }) => time <= from);
  const behind = cents.path.filter(({ time }) => time > to);
  for (const moment of before) {
    // What it came to in truth, since nothing was lost so far.
    const { states } = await foldLog(
      balances,
      createMemoryLog({ events: known.filter(({ time }) => time! < moment.time) }),
    );
    const sum = [...states.values()].reduce<number>((all, state) => all + (state as { cents: number }).cents, 0);
    expect([moment.estimate, width(moment)]).toEqual([sum, 0]);
  }
  for (const moment of behind) expect(width(moment)).toBeGreaterThan(0);
  expect(cents.path.at(-1)!.time).toBeLessThanOrEqual(history.to);
  expect(cents.leftOut!.stretches).toBe(gaps[0]!.donors);
  expect(cents.leftOut!.meanError).toBeGreaterThan(0);
  const chosen = cents.keys.map(width);
  expect(cents.keysInAll).toBe(found.keys.reached);
  expect(chosen).toEqual([...chosen].sort((a, b) => b - a));
  for (const { key, estimate } of cents.keys) {
    const state = [...found.states()].find((of) => of.key === key)!;
    expect(state.measures['cents']!.estimate).toBe(estimate);
  }
});
