import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemoryRecordedOutputs,
  createMemorySnapshots,
  defineWorker,
  RecoveryError,
  type IncidentInputs,
  type MemoryEvent,
  type SnapshotRow,
  type Strategy,
} from '@eventmend/core';
import {
  compareRecoveries,
  completeInputs,
  makeMissingRuns,
  readComparison,
  type ComparedKey,
  type Comparison,
  type ReplayPlanOptions,
} from '@eventmend/core/engine';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { logReplay } from '../src/index.js';

interface Account {
  readonly cents: number;
  readonly bookings: number;
}

const worker = defineWorker<{ cents: number }, Account>({
  name: 'accounts',
  version: '1.0.0',
  key: ({ key }) => key ?? '',
  initial: () => ({ cents: 0, bookings: 0 }),
  outputs: { balance: { kind: 'latest' } },
  measures: { cents: ({ cents }) => cents },
  evolve(state, { value }, context) {
    const cents = state.cents + value.cents;
    context.emit('balance', cents);
    return { cents, bookings: state.bookings + 1 };
  },
});

const start = Date.UTC(2026, 0, 5);
const names = ['ada', 'bob', 'cem', 'dua', 'eva'];

function eventsUpTo(count: number): MemoryEvent[] {
  return Array.from({ length: count }, (_, offset) => ({
    ...{ topic: 'bookings', partition: 0, offset, time: start + offset * 1000 },
    ...{ key: names[offset % names.length] ?? '', value: { cents: ((offset * 37) % 90) + 1 } },
  }));
}

/** What the events come to, added up in a loop. */
function statesAfter(events: readonly MemoryEvent[]): Map<string, Account> {
  const states = new Map<string, Account>();
  for (const { key, value } of events) {
    const { cents, bookings } = states.get(key ?? '') ?? { cents: 0, bookings: 0 };
    states.set(key ?? '', { cents: cents + (value as { cents: number }).cents, bookings: bookings + 1 });
  }
  return states;
}

const rowsOf = (states: ReadonlyMap<string, unknown>): SnapshotRow[] =>
  [...states].map(([key, state]) => ({ key, state }));
const position = (next: number) => [
  {
    source: 'shop',
    topic: 'bookings',
    incarnation: '',
    partition: 0,
    next,
    order: { watermark: -Infinity, clock: -Infinity },
  },
];

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'eventmend-compare-'));
  return () => rmSync(store, { recursive: true, force: true });
});

const count = 40;
const truth = statesAfter(eventsUpTo(count));

function incident(more: Partial<IncidentInputs> = {}, events = eventsUpTo(count)): IncidentInputs {
  const early = events.slice(0, 10);
  return {
    incident: { name: 'shop', digest: 'd', onset: start + 20_000, end: null },
    worker: { kind: 'definition', worker, hash: 'w' },
    logs: [{ log: createMemoryLog({ source: 'shop', events, fingerprint: String(events.length) }), as: 'log' }],
    snapshots: createMemorySnapshots([
      { id: 'early', takenAt: early.at(-1)?.time ?? 0, position: position(10), rows: rowsOf(statesAfter(early)) },
    ]),
    store,
    ...more,
  };
}

async function recovered(inputs: IncidentInputs, options: ReplayPlanOptions = {}): Promise<string> {
  const strategy = logReplay(inputs);
  const { runId } = await strategy.recover(await strategy.plan(options));
  await strategy.verify({ runId });
  return runId;
}

const truthOf = (states: ReadonlyMap<string, unknown>, next: number | null = count) => ({
  truth: {
    states: createMemorySnapshots([
      { id: 'truth', position: next === null ? null : position(next), rows: rowsOf(states) },
    ]),
  },
});

const compare = async (
  inputs: IncidentInputs,
  request: Parameters<typeof compareRecoveries>[1] = {},
): Promise<Comparison> => (await compareRecoveries(completeInputs(inputs), request)).comparison;

const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as RecoveryError;

describe('runs against the truth', () => {
  it('are right where they are, and what the live state has wrong is counted beside them', async () => {
    const wrong = new Map(truth).set('ada', { cents: 1, bookings: 8 });
    wrong.delete('bob');
    wrong.set('zoe', { cents: 5, bookings: 1 });
    const live = createMemorySnapshots([{ id: 'live', position: position(count), rows: rowsOf(wrong) }]);
    const inputs = incident({ live });
    const runId = await recovered(inputs);
    const { recoveries, keys } = await compare(inputs, { against: truthOf(truth) });
    expect(keys).toBe(6);
    const [run, doingNothing] = recoveries;
    expect(run).toMatchObject({
      subject: { kind: 'run', runId, strategy: 'log-replay', status: 'verified' },
      ...{ keys: 5, fidelity: { exact: 5 }, wrongKeys: [], doubt: null },
      states: { same: 5, differing: 0, missing: 0, surplus: 0, undetermined: 0, wrongAs: {} },
      loss: { unavailable: 0, quarantined: 0, expected: 0 },
      time: { applied: 30, expectedEvents: 30 },
    });
    const sum = [...truth.values()].reduce((total, { cents }) => total + cents, 0);
    expect(run?.measures).toEqual([{ measure: 'cents', sum, reference: sum, off: 0, offByKey: 0 }]);
    const off = 1 + 5 - (truth.get('ada')?.cents ?? 0) - (truth.get('bob')?.cents ?? 0);
    expect(doingNothing).toMatchObject({
      ...{ subject: { kind: 'live' }, keys: 5, fidelity: null, loss: null, time: null },
      states: { same: 3, differing: 1, missing: 1, surplus: 1, undetermined: 0, wrongAs: {} },
      wrongKeys: [
        { key: 'ada', finding: 'differs', fidelity: null, recovered: '{"bookings":8,"cents":1}' },
        { key: 'bob', finding: 'missing', recovered: null },
        { key: 'zoe', finding: 'surplus', reference: null },
      ],
      measures: [{ off, offByKey: 5 + (truth.get('ada')?.cents ?? 0) - 1 + (truth.get('bob')?.cents ?? 0) }],
    });
    expect(readComparison(store)?.recoveries).toEqual(recoveries);
  });

  it('that are wrong and called exact stand out: values, keys too many, and keys that are missing', async () => {
    const inputs = incident();
    await recovered(inputs);
    const other = new Map(truth).set('ada', { cents: 1, bookings: 8 }).set('zoe', { cents: 2, bookings: 1 });
    other.delete('bob');
    const [run] = (await compare(inputs, { against: truthOf(other) })).recoveries;
    expect(run?.states).toEqual({
      ...{ same: 3, differing: 1, missing: 1, surplus: 1, undetermined: 0 },
      wrongAs: { exact: 3 },
    });
    expect(run?.wrongKeys.map(({ key, finding, fidelity }) => [key, finding, fidelity])).toEqual([
      ['ada', 'differs', 'exact'],
      ['bob', 'surplus', 'exact'],
      ['zoe', 'missing', 'exact'],
    ]);
  });

  it('are called nothing better than unproven before they are verified', async () => {
    const inputs = incident();
    const strategy = logReplay(inputs);
    await strategy.recover(await strategy.plan());
    const [run] = (await compare(inputs, { against: truthOf(new Map()) })).recoveries;
    expect(run).toMatchObject({ fidelity: { unproven: 5 }, states: { surplus: 5, wrongAs: { unproven: 5 } } });
  });

  it('give their outputs too, of the stretch that all of them have read', async () => {
    const inputs = incident();
    const [late, early] = [await recovered(inputs), await recovered(inputs, { baseline: 'genesis' })];
    const balances = new Map<string, number>();
    const outputs = eventsUpTo(count).map(({ key, offset, value }) => {
      const cents = (balances.get(key ?? '') ?? 0) + (value as { cents: number }).cents;
      balances.set(key ?? '', cents);
      return { output: 'balance', key: key ?? '', value: cents, event: { topic: 'bookings', partition: 0, offset } };
    });
    const changed = outputs.map((output) => (output.event.offset === 20 ? { ...output, value: -1 } : output));
    const given = [...changed.filter(({ event }) => event.offset !== 30), { ...outputs[35]!, value: 7 }];
    const against = { truth: { ...truthOf(truth).truth, outputs: createMemoryRecordedOutputs(given.reverse()) } };
    const { recoveries } = await compare(inputs, { against });
    expect(new Set(recoveries.map(({ subject }) => subject.kind === 'run' && subject.runId))).toEqual(
      new Set([late, early]),
    );
    // Offset 20 has another value and 30 is not there; of 35 there are two, and which came first the file does not say.
    for (const { outputs: found } of recoveries) {
      expect(found).toMatchObject({ missing: 1, surplus: 1, besideLog: 0 });
      expect((found?.same ?? 0) + (found?.differing ?? 0)).toBe(29);
      expect(found?.differing).toBe(2);
    }
  });

  it('give a row for each key, into a file too', async () => {
    const inputs = incident();
    const runId = await recovered(inputs);
    const other = new Map(truth).set('ada', { cents: 1, bookings: 8 });
    const rows: ComparedKey[] = [];
    const file = join(store, 'rows.ndjson');
    const made = await compareRecoveries(completeInputs(inputs), {
      ...{ against: truthOf(other), visit: (row) => rows.push(row), into: { file, format: 'ndjson' } },
    });
    expect(made.rows).toBe(5);
    expect(rows.map(({ key, side, finding, path }) => [key, side, finding, path])).toEqual(
      names.map((key) => [key, runId, key === 'ada' ? 'differs' : 'same', key === 'ada' ? '$.cents' : null]),
    );
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(
      JSON.stringify({
        ...{ key: 'ada', recovery: runId, finding: 'differs', fidelity: 'exact', path: '$.cents' },
        ...{ state: truth.get('ada'), reference: { cents: 1, bookings: 8 }, wrong_outputs: null },
      }),
    );
  });
});

describe('what cannot be compared is refused', () => {
  it('no run, a run that has not ended, one of another incident, one of another worker', async () => {
    const inputs = incident();
    await expect(compare(inputs)).rejects.toThrow(failing('not-comparable', /no run to compare/));
    const stop = new AbortController();
    stop.abort();
    const strategy = logReplay(inputs);
    const plan = await strategy.plan();
    await expect(strategy.recover(plan, { signal: stop.signal })).rejects.toThrow(failing('interrupted', /stopped/));
    const runId = `r-${plan.id.slice(0, 8)}`;
    await expect(compare(inputs, { runs: [runId] })).rejects.toThrow(failing('operation-not-allowed', /has not ended/));
    await expect(compare(inputs)).rejects.toThrow(failing('not-comparable', /no run that can be compared/));
    await strategy.recover(plan);
    const renamed = incident({ incident: { name: 'other', digest: 'd', onset: null, end: null } });
    await expect(compare(renamed, { runs: [runId] })).rejects.toThrow(
      failing('operation-not-allowed', /is of the incident "shop", not of "other"/),
    );
    const changed = incident({ worker: { kind: 'definition', worker, hash: 'w2' } });
    await expect(compare(changed, { runs: [runId] })).rejects.toThrow(failing('stale-plan', /was changed since/));
    await expect(compare(inputs, { runs: ['r-00000000'] })).rejects.toThrow(failing('run-not-found', /no run/));
  });

  it('runs that end at different positions, and a truth or a live state of another one', async () => {
    const inputs = incident();
    const whole = await recovered(inputs);
    const offsets = [{ topic: 'bookings', partition: 0, next: 35 }];
    const part = await recovered(inputs, { target: { kind: 'offsets', offsets } });
    await expect(compare(inputs)).rejects.toThrow(failing('not-comparable', /do not end at the same position/));
    await expect(compare(inputs, { runs: [whole], against: truthOf(truth, 39) })).rejects.toThrow(
      failing('not-comparable', /the truth .* stands at another position/),
    );
    // Without a position the truth is believed.
    const { recoveries } = await compare(inputs, { runs: [part], against: truthOf(statesAfter(eventsUpTo(35)), null) });
    expect(recoveries[0]?.states).toMatchObject({ same: 5 });
    for (const at of [null, 39]) {
      const live = createMemorySnapshots([
        { id: 'live', position: at === null ? null : position(at), rows: rowsOf(truth) },
      ]);
      const withLive = incident({ live });
      await expect(compare(withLive, { runs: [whole], against: 'live' })).rejects.toThrow(
        failing('not-comparable', /live state cannot be compared/),
      );
      const { recoveries: sides } = await compare(withLive, { runs: [whole], against: truthOf(truth) });
      expect(sides[1]).toMatchObject({
        keys: 5,
        states: null,
        doubt: { kind: at === null ? 'not-on-log' : 'not-at-target' },
      });
    }
    await expect(compare(inputs, { runs: [whole], against: 'live' })).rejects.toThrow(
      failing('not-comparable', /names no live state/),
    );
  });

  it('a run with itself, and a run with nothing beside it', async () => {
    const inputs = incident();
    const runId = await recovered(inputs);
    await expect(compare(inputs, { runs: [runId], against: { run: runId } })).rejects.toThrow(
      failing('invalid-argument', /compared with itself/),
    );
    await expect(compare(inputs, { against: { run: runId } })).rejects.toThrow(
      failing('not-comparable', /nothing to compare with run/),
    );
  });

  it('a truth of several states, and one that cannot be read', async () => {
    const inputs = incident();
    await recovered(inputs);
    const several = createMemorySnapshots(['a', 'b'].map((id) => ({ id, rows: [] })));
    await expect(compare(inputs, { against: { truth: { states: several } } })).rejects.toThrow(
      failing('invalid-snapshot', /2 states/),
    );
    const unread = {
      list: () => Promise.resolve({ snapshots: [], damaged: [{ location: 't', reason: 'key "a" is there twice' }] }),
      async *rows() {},
    };
    await expect(compare(inputs, { against: { truth: { states: unread } } })).rejects.toThrow(
      failing('invalid-snapshot', /cannot be read: t: key "a" is there twice/),
    );
    const nameless = createMemoryRecordedOutputs([{ output: 'balance', key: 'ada', value: 1 }]);
    await expect(
      compare(inputs, { against: { truth: { ...truthOf(truth).truth, outputs: nameless } } }),
    ).rejects.toThrow(failing('invalid-field', /output 1 of memory names neither an event nor an id/));
  });

  it('limits without a key in common; with some, only those are compared', async () => {
    const inputs = incident();
    const limited = (...keys: string[]) =>
      recovered(inputs, { scope: { keys, where: [], partitions: [] }, acceptClosure: true });
    const [one, two, three] = [await limited('ada', 'bob'), await limited('bob', 'cem'), await limited('eva')];
    await expect(compare(inputs, { runs: [one, three] })).rejects.toThrow(
      failing('not-comparable', /limited to keys of which none is in all/),
    );
    const comparison = await compare(inputs, { runs: [one, two], against: truthOf(truth) });
    expect(comparison).toMatchObject({ limitedTo: 1, keys: 1 });
    for (const { keys, states, measures } of comparison.recoveries) {
      expect([keys, states?.same]).toEqual([1, 1]);
      expect(measures[0]).toMatchObject({ sum: truth.get('bob')?.cents, off: 0 });
    }
    const whole = await recovered(inputs);
    const { recoveries, leftOut, limitedTo } = await compare(inputs);
    expect(limitedTo).toBeNull();
    expect(recoveries).toMatchObject([{ subject: { runId: whole } }]);
    expect(leftOut).toHaveLength(3);
    await expect(compare(inputs, { against: { run: one } })).rejects.toThrow(
      failing('not-comparable', /is limited to some keys/),
    );
    expect(await compare(inputs, { runs: [two], against: { run: one } })).toMatchObject({ limitedTo: 1 });
  });

  it('what was damaged in a store', async () => {
    const inputs = incident();
    await recovered(inputs);
    writeFileSync(join(store, 'comparison.json'), '{');
    expect(readComparison(store)).toBeNull();
  });
});

it('a difference to the live state that another order of the partitions explains is no fault', async () => {
  const events = eventsUpTo(count).map((event, index) => ({ ...event, partition: index % 2, offset: index >> 1 }));
  const place = (next: number) => [0, 1].map((partition) => ({ ...position(next)[0]!, partition }));
  const live = createMemorySnapshots([
    { id: 'live', position: place(count / 2), rows: rowsOf(new Map(truth).set('ada', { cents: 1, bookings: 8 })) },
  ]);
  const inputs = incident({ live, snapshots: null }, events);
  await recovered(inputs);
  for (const against of [{ truth: truthOf(truth, null).truth }, 'live'] as const) {
    const { recoveries } = await compare(inputs, { against });
    const compared = recoveries.find(({ subject }) => (against === 'live') === (subject.kind === 'run'));
    expect(compared?.states).toMatchObject({ same: 4, differing: 0, undetermined: 1, wrongAs: {} });
  }
});

describe('the missing runs', () => {
  const refusing = {
    name: 'estimation',
    plan: () => Promise.reject(new RecoveryError('estimate-refused', 'nothing is lost')),
  } as unknown as Strategy<ReplayPlanOptions>;

  it('are made and verified once, all up to one position; what is refused is told', async () => {
    const inputs = incident();
    const grown = logReplay(incident({}, eventsUpTo(count + 5)));
    const steps: string[] = [];
    const made = await makeMissingRuns(store, [logReplay(inputs), refusing, grown], {}, {}, ({ kind }) =>
      steps.push(kind),
    );
    expect(made.refused).toEqual([
      { strategy: 'estimation', error: { code: 'estimate-refused', message: 'nothing is lost' } },
    ]);
    expect(made.runs).toHaveLength(2);
    const catalogue = openRunCatalogue(store);
    expect(made.runs.map((runId) => catalogue.report(runId)?.status)).toEqual(['verified', 'verified']);
    expect(made.runs.map((runId) => catalogue.report(runId)?.totals.applied)).toEqual([30, 30]);
    expect(steps.slice(4)).toEqual(['recovering', 'verifying', 'recovering', 'verifying']);
    const again: string[] = [];
    await makeMissingRuns(store, [logReplay(inputs)], {}, {}, ({ kind }) => again.push(kind));
    expect(again).toEqual(['planning', 'there-already']);
    const comparison = await compare(inputs, { runs: made.runs.slice(0, 1), refused: made.refused });
    expect(comparison.refused).toEqual(made.refused);
  });

  it('are not taken for refused where the work was stopped', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(makeMissingRuns(store, [logReplay(incident())], {}, { signal: stop.signal })).rejects.toThrow(
      failing('interrupted', /./),
    );
  });
});
