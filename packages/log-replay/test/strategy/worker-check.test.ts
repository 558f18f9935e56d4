import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createMemoryRecordedOutputs, createMemorySnapshots } from '@eventmend/core';
import { positionFromJson, type MemoryOutput, runWorkerCheck, type RecoveryInputs } from '@eventmend/core/engine';
import { logReplay } from '@eventmend/log-replay';
import {
  balanceWorker,
  epoch,
  failure,
  fixtures,
  snapshotsOf,
  type Fixture,
  type FixtureEvent,
} from './replay-fixture.js';

const use = fixtures();

const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
const healthy = 240;
const all = 300;
const onset = epoch + healthy * 1000;
const order = { by: 'field', path: 'n' } as const;

/** Bookings on six keys over two partitions; `n` is their order. The last sixty are of the incident. */
const events = Array.from({ length: all }, (_, n): FixtureEvent => ({
  partition: n % 2,
  time: epoch + n * 1000,
  value: { key: keys[(n * 7) % 6], add: ((n * 31) % 50) - 20, n },
}));

interface Account {
  readonly balance: number;
  readonly seen: number;
}

interface Booked {
  readonly states: Readonly<Record<string, Account>>;
  readonly outputs: readonly MemoryOutput[];
}

/** What the service did, by a rule of its own. */
function service(count: number, rule = (balance: number, _n: number) => Math.max(0, balance)): Booked {
  const states: Record<string, Account> = {};
  const outputs: MemoryOutput[] = [];
  for (const { value, partition = 0, time = 0 } of events.slice(0, count)) {
    const { key, add, n } = value as { key: string; add: number; n: number };
    const before = states[key] ?? { balance: 0, seen: 0 };
    const balance = rule(before.balance + add, n);
    states[key] = { balance, seen: before.seen + 1 };
    const event = { topic: 't', partition, offset: Math.floor(n / 2) };
    outputs.push({ output: 'balance', key, value: balance, time, event });
  }
  return { states, outputs };
}

const after = (count: number): readonly number[] => [Math.ceil(count / 2), Math.floor(count / 2)];

function liveOf({ states }: Booked) {
  const position = positionFromJson(
    after(all).map((next, partition) => ({ topic: 't', partition, next: String(next) })),
  );
  return createMemorySnapshots([
    { id: 'live', position, rows: Object.entries(states).map(([key, state]) => ({ key, state })) },
  ]);
}

/** The situation of an incident with this record of outputs. */
function incident(f: Fixture, outputs: readonly MemoryOutput[] | null, more: Partial<RecoveryInputs> = {}) {
  return f.but({
    order,
    snapshots: existsSync(join(f.folder, 'snapshots')) ? snapshotsOf(f) : null,
    recordedOutputs: outputs === null ? null : createMemoryRecordedOutputs(outputs),
    incident: { ...f.situation.incident, onset },
    ...more,
  });
}

describe('worker check', () => {
  it('a right worker passes: all keys of all snapshots, all outputs up to the onset and none behind it', async () => {
    const f = use(events);
    await f.writeSnapshot('s1', after(100), service(100).states);
    await f.writeSnapshot('s2', after(200), service(200).states);
    await f.writeSnapshot('s3', after(280), { a: { balance: 1e6, seen: 0 } });
    const report = await runWorkerCheck(incident(f, service(all).outputs));
    expect(report).toMatchObject({
      verdict: 'passed',
      reason: { kind: 'reproduced', agreement: { snapshot: { id: 's2', keys: 6 }, outputs: 240 } },
      firstDifference: null,
      fields: [],
      stretch: { root: { snapshot: null, basis: 'genesis' }, applied: healthy, quarantined: 0 },
    });
    expect(report.snapshots.map(({ id, finding }) => [id, finding])).toEqual([
      ['s1', 'proven'],
      ['s2', 'proven'],
    ]);
    expect(report.outputs).toMatchObject({ outside: all - healthy, nameless: 0 });
    expect(readdirSync(f.situation.store).filter((name) => name.startsWith('check-'))).toEqual([]);
  });

  it('a worker that is wrong in one rule fails with the first event and both values', async () => {
    const f = use(events, balanceWorker().replace('Math.max(0,', '(event.value.n === 77 ? Math.abs : Math.max)(0,'));
    // Math.abs(0, x) is 0: the balance of key n=77 is lost once.
    await f.writeSnapshot('s1', after(70), service(70).states);
    await f.writeSnapshot('s2', after(200), service(200).states);
    const report = await runWorkerCheck(incident(f, service(all).outputs));
    expect(report.verdict).toBe('mismatch');
    expect(report.firstDifference).toMatchObject({
      seen: { in: 'output', output: 'balance', event: { topic: 't', partition: 1, offset: 38 } },
      key: keys[(77 * 7) % 6],
      expected: '0',
    });
    const right = service(all).outputs[77]?.value;
    expect(report.firstDifference?.recorded).toBe(JSON.stringify(right));
    expect(report.snapshots.map(({ finding }) => finding)).toEqual(['proven', 'differs']);
  });

  it('without outputs it names the snapshot, the key and the events that may have made the difference', async () => {
    const f = use(
      events,
      balanceWorker().replace('seen: state.seen + 1', 'seen: state.seen + (event.value.n === 77 ? 2 : 1)'),
    );
    await f.writeSnapshot('s1', after(76), service(76).states);
    await f.writeSnapshot('s2', after(80), service(80).states);
    const report = await runWorkerCheck(incident(f, null));
    const event = { topic: 't', partition: 1, offset: 38 };
    expect(report).toMatchObject({
      verdict: 'mismatch',
      reason: {
        kind: 'not-reproduced',
        disagreement: { snapshot: { id: 's2', differing: 1, keys: 6, later: 0 }, outputs: 0 },
      },
      firstDifference: {
        seen: { in: 'snapshot', snapshot: 's2', events: { count: 1, first: event, last: event } },
        path: '$.seen',
      },
    });
    expect(Number(report.firstDifference?.expected)).toBe(Number(report.firstDifference?.recorded) + 1);
  });

  it('finds the fields that a snapshot has and the worker never sets, that are off everywhere, and that are rounded', async () => {
    const f = use(
      events,
      balanceWorker().replace('return { balance,', 'return { balance, writtenAt: context.now, mean: balance / 3,'),
    );
    const { states } = service(200);
    const recorded = Object.entries(states).map(([key, state], index) => {
      const mean = Math.round((state.balance / 3) * 100) / 100;
      return [key, { ...state, mean, writtenAt: `now ${index}`, host: 'srv-1' }] as const;
    });
    await f.writeSnapshot('s1', after(200), Object.fromEntries(recorded));
    const report = await runWorkerCheck(incident(f, null));
    expect(report.verdict).toBe('mismatch');
    const looks = Object.fromEntries(report.fields.map(({ path, look }) => [path, look]));
    expect(looks).toEqual({
      '$.host': { kind: 'not-set' },
      '$.writtenAt': { kind: 'everywhere' },
      '$.mean': { kind: 'rounding', decimals: 2 },
    });
    expect(report.fields[0]).toMatchObject({ of: 'state', compared: 6, differing: 6 });
    expect(report.wouldAgree).toBe(6);
  });

  it('knows values that are the same as a text', async () => {
    const f = use(events);
    const { states } = service(200);
    const recorded = Object.entries(states).map(([key, state]): [string, object] => [
      key,
      { ...state, balance: String(state.balance) },
    ]);
    await f.writeSnapshot('s1', after(200), Object.fromEntries(recorded));
    const text = await runWorkerCheck(incident(f, null));
    expect(text.fields).toMatchObject([{ path: '$.balance', differing: 6, look: { kind: 'as-text' } }]);
    expect([text.verdict, text.wouldAgree]).toEqual(['mismatch', 0]);
  });

  it('drops no value as a whole', async () => {
    const f = use(events);
    const { states } = service(200);
    await f.writeSnapshot('s1', after(200), Object.fromEntries(Object.keys(states).map((key) => [key, 'x'])));
    const whole = await runWorkerCheck(incident(f, null));
    expect(whole.fields).toMatchObject([{ path: '$', differing: 6, look: { kind: 'whole' } }]);
    expect(whole.wouldAgree).toBe(0);
  });

  it('a field that is off in some keys only is no candidate, so that a wrong rule is not normalised away', async () => {
    const f = use(events);
    const { states } = service(200);
    await f.writeSnapshot('s1', after(200), { ...states, a: { ...states['a'], seen: 1 } });
    const report = await runWorkerCheck(incident(f, null));
    expect(report.fields).toMatchObject([{ path: '$.seen', differing: 1, look: { kind: 'some' } }]);
    expect(report.wouldAgree).toBe(0);
  });

  it('counts outputs that are missing, extra and repeated, and leaves alone what was not kept', async () => {
    const f = use(events);
    const outputs = [...service(all).outputs.slice(50)];
    const [removed] = outputs.splice(20, 1);
    outputs.splice(40, 0, outputs[40] as MemoryOutput);
    outputs.push({ ...(outputs[60] as MemoryOutput), output: 'surprise' }, { output: 'balance', value: 1 });
    const report = await runWorkerCheck(incident(f, outputs));
    expect(report.verdict).toBe('mismatch');
    expect(report.outputs).toMatchObject({
      nameless: 1,
      outputs: [
        // The two at the edges of the record are compared, but their absence would show nothing.
        { output: 'balance', compared: healthy - 50, agreeing: healthy - 51, missing: 1, differing: 0, repeated: 1 },
        { output: 'surprise', compared: 1, agreeing: 0, extra: 1 },
      ],
    });
    expect(report.firstDifference).toMatchObject({ key: removed?.key, recorded: 'nothing' });
  });

  it('covers the types of events whose outputs were compared, and not of those that were not kept', async () => {
    const typed = events.map((event, n) => ({
      ...event,
      value: { ...(event.value as object), type: n < 20 ? 'opened' : 'booked' },
    }));
    const report = await runWorkerCheck(incident(use(typed), service(all).outputs.slice(50)));
    expect(report.verdict).toBe('passed');
    expect(report.coverage?.covered).toMatchObject({ events: healthy - 50, keys: keys.length, types: ['booked'] });
  });

  it('outputs recorded in any order, or known by a business id alone, are found again', async () => {
    const worker = balanceWorker().replace(
      "context.emit('balance', balance);",
      "context.emit('balance', balance, { id: `b${event.value.n}` });",
    );
    const f = use(events, worker);
    const { outputs } = service(all);
    const byId = outputs.map((output, n) => ({ ...output, event: null, businessId: `b${n}` }));
    expect((await runWorkerCheck(incident(f, byId.toReversed()))).verdict).toBe('passed');
    const [, ...others] = byId;
    // Where nothing says from when on all was kept, one that is not there shows nothing.
    expect((await runWorkerCheck(incident(f, others))).verdict).toBe('passed');
    const kept = { from: epoch, until: epoch + all * 1000 };
    const whole = (records: readonly MemoryOutput[]) =>
      incident(f, null, { recordedOutputs: createMemoryRecordedOutputs(records, kept) });
    expect(await runWorkerCheck(whole(byId.toReversed()))).toMatchObject({
      verdict: 'passed',
      outputs: { outputs: [{ compared: healthy, agreeing: healthy }] },
    });
    expect(await runWorkerCheck(whole(others))).toMatchObject({
      verdict: 'mismatch',
      outputs: { outputs: [{ missing: 1 }] },
    });
    const shuffled = incident(
      f,
      [...outputs].sort((a, b) => String(a.value).localeCompare(String(b.value))),
    );
    expect((await runWorkerCheck(shuffled)).verdict).toBe('passed');
  });

  it('without an onset it says what agrees, and that nobody knows whether that is healthy', async () => {
    const f = use(events);
    await f.writeSnapshot('s1', after(100), service(100).states);
    await f.writeSnapshot('s2', after(280), { a: { balance: 1e6, seen: 0 } });
    const unknown = { incident: { ...f.situation.incident, onset: null } };
    const report = await runWorkerCheck(incident(f, null, unknown));
    expect(report.verdict).toBe('cannot-be-told');
    expect(report.reason).toMatchObject({
      kind: 'onset-unknown',
      agreement: { snapshot: { id: 's1', keys: 6 } },
      disagreement: { snapshot: { id: 's2' } },
    });
    expect((await runWorkerCheck(incident(f, null, unknown), { until: epoch + 150_000 })).verdict).toBe('passed');
  });

  it('a few outputs alone are not enough, and nothing at all is told so', async () => {
    const f = use(events);
    expect(await runWorkerCheck(incident(f, service(50).outputs))).toMatchObject({
      verdict: 'cannot-be-told',
      reason: { kind: 'too-few-outputs', agreeing: 50, least: 100 },
    });
    expect(await runWorkerCheck(incident(f, null))).toMatchObject({
      verdict: 'cannot-be-told',
      reason: { kind: 'nothing-recorded' },
    });
    await f.writeSnapshot('odd', [3, 0], service(3).states);
    expect((await runWorkerCheck(incident(f, null))).reason).toMatchObject({
      kind: 'nothing-comparable',
      reason: expect.stringContaining('does not pass through its position') as unknown,
    });
  });

  it('a stretch that reaches into the incident, or that is empty, is refused', async () => {
    const { situation } = use(events);
    const known = { ...situation, incident: { ...situation.incident, onset } };
    expect(await failure(runWorkerCheck(known, { until: onset + 1 }))).toMatchObject({ code: 'invalid-argument' });
    expect(await failure(runWorkerCheck(known, { stretchFrom: onset }))).toMatchObject({ code: 'invalid-argument' });
  });

  it('an endless event is named, and a check that was stopped comes to no verdict', async () => {
    const f = use(events, balanceWorker().replace('const balance', 'if (event.value.n === 5) for (;;); const balance'));
    const situation = incident(f, service(all).outputs, { tuning: { threads: 1, eventTimeoutMs: 300 } });
    expect(await failure(runWorkerCheck(situation))).toMatchObject({
      code: 'worker-timeout',
      message: expect.stringContaining('t[1]@2') as unknown,
    });
    const stopped = runWorkerCheck(incident(f, null), {}, { signal: AbortSignal.abort() });
    expect((await failure(stopped)).code).not.toBe('no error');
  });
});

describe('the version that was deployed', () => {
  /** Refunds were forgotten from the onset on. */
  const forgot = (balance: number, n: number): number => (n >= healthy && n % 5 === 0 ? 7 : Math.max(0, balance));
  const live = service(all, forgot);
  const deployed = (rule: string): string =>
    balanceWorker().replace('Math.max(0, state.balance + event.value.add)', rule);
  const write = (f: Fixture, rule: string) => {
    const file = join(f.folder, 'deployed.mjs');
    writeFileSync(
      file,
      `import { defineWorker } from '@eventmend/core';\nexport default defineWorker(${deployed(rule)});\n`,
    );
    return { kind: 'module', url: pathToFileURL(file).href } as const;
  };

  it('explains the wrong live state, key by key, from the last proven snapshot on', async () => {
    const f = use(events);
    await f.writeSnapshot('s1', after(200), service(200).states);
    const faulty = write(
      f,
      `event.value.n >= ${healthy} && event.value.n % 5 === 0 ? 7 : Math.max(0, state.balance + event.value.add)`,
    );
    const right = service(all).states;
    const wrong = keys.filter((key) => right[key]?.balance !== live.states[key]?.balance).length;
    expect(wrong).toBeGreaterThan(2);
    const report = await runWorkerCheck(incident(f, null, { live: liveOf(live) }), { faulty });
    expect(report.faulty).toEqual({
      worker: 'balances@1.0.0',
      reason: null,
      from: { snapshot: 's1', basis: 'proven' },
      keys: 6,
      wrong,
      explained: wrong,
      notExplained: 0,
      contradicted: 0,
      undetermined: 0,
      first: null,
    });
  });

  it('is told where it does not explain it, with what all three hold', async () => {
    const f = use(events);
    const faulty = write(f, `event.value.n >= ${healthy} ? 8 : Math.max(0, state.balance + event.value.add)`);
    const { faulty: finding } = await runWorkerCheck(incident(f, null, { live: liveOf(live) }), { faulty });
    expect(finding).toMatchObject({ from: { snapshot: null, basis: 'genesis' }, reason: null });
    expect((finding?.notExplained ?? 0) + (finding?.contradicted ?? 0)).toBeGreaterThan(0);
    expect(finding?.first?.faulty).toBe('$.balance 8');
    const key = finding?.first?.key ?? '';
    expect(finding?.first?.live).toBe(`$.balance ${live.states[key]?.balance}`);
  });

  it('cannot be told without a live state that has a position', async () => {
    const f = use(events);
    const faulty = write(f, '8');
    expect((await runWorkerCheck(incident(f, null), { faulty })).faulty?.reason).toEqual({
      kind: 'no-live-state',
    });
    const nowhere = createMemorySnapshots([{ id: 'live', rows: [] }]);
    const { faulty: finding } = await runWorkerCheck(incident(f, null, { live: nowhere }), { faulty });
    expect(finding?.reason).toEqual({ kind: 'live-not-on-log', problem: { kind: 'no-position' } });
  });
});

describe('what a plan makes of a check', () => {
  it('recorded outputs alone check the worker, until something that the check depended on is another', async () => {
    const f = use(events);
    const situation = incident(f, service(all).outputs);
    const planned = async (of = situation) => (await logReplay(of).plan()).workerCheck;
    expect((await planned()).checked).toBe(false);
    await runWorkerCheck(situation);
    expect(await planned()).toEqual({
      checked: true,
      snapshot: null,
      reason: 'it reproduces 240 of 240 recorded outputs',
    });
    expect((await planned(incident(f, service(120).outputs))).checked).toBe(false);
    expect((await planned({ ...situation, incident: { ...situation.incident, onset: onset - 1 } })).checked).toBe(
      false,
    );
    f.rewriteWorker(balanceWorker('', 'evolve: (state) => state,'));
    expect((await planned()).checked).toBe(false);
  });

  it('a run that rests on it is verified as complete, and the check is shown with its evidence', async () => {
    const f = use(events);
    const situation = incident(f, service(all).outputs);
    await runWorkerCheck(situation);
    const report = (await logReplay(situation).recover(await logReplay(situation).plan())).report;
    const verification = await logReplay(situation).verify(report);
    expect(verification.verdict).toEqual({ verdict: 'complete' });
    expect(verification.checks.find(({ name }) => name === 'worker')).toEqual({
      name: 'worker',
      result: 'passed',
      detail: { kind: 'worker-check', reason: 'it reproduces 240 of 240 recorded outputs' },
    });
  });

  it('a disagreement in the outputs outweighs a snapshot that agrees', async () => {
    const f = use(events);
    await f.writeSnapshot('s1', after(100), service(100).states);
    const wrong = service(all).outputs.map((output, n) => (n === 150 ? { ...output, value: -1 } : output));
    const situation = incident(f, wrong);
    expect((await logReplay(situation).plan()).workerCheck.checked).toBe(true);
    expect((await runWorkerCheck(situation)).verdict).toBe('mismatch');
    expect((await logReplay(situation).plan()).workerCheck).toMatchObject({ checked: false, snapshot: null });
  });

  it('an unknown onset leaves no certificate', async () => {
    const f = use(events);
    const situation = incident(f, service(all).outputs, { incident: { ...f.situation.incident, onset: null } });
    await runWorkerCheck(situation, { until: onset });
    expect((await logReplay(situation).plan()).workerCheck.checked).toBe(false);
  });
});
