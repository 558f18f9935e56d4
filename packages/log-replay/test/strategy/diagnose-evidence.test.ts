import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose, diagnosisFiles, readDiagnosis } from '@eventmend/log-replay';
import type { RecoveryInputs } from '@eventmend/core/engine';
import type { RecordedOutputs } from '@eventmend/core';
import { failure, fixtures, snapshotsOf } from './replay-fixture.js';
import {
  accountRule,
  accountWorker,
  bookings,
  healthy,
  leftBehind,
  formatLocation,
  played,
  revealing,
  told,
  keyOf,
} from './played-service.js';

const use = fixtures();
const count = 400;
const events = bookings(count);
const whole = [200, 200];

/** Missed 100, 250 twice. */
const planted = [...healthy(250).filter(({ n }) => n !== 100), { n: 250 }, { n: 250 }, ...healthy(count).slice(251)];
const faults = [`twice ${formatLocation(250)}`, `missed ${formatLocation(100)}`];

describe('states', () => {
  it('live state without a position is not compared, and says so', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states } = played(events, planted, accountRule);
    const found = await told(await leftBehind(f, { outputs, live: { next: whole, states, positionKnown: false } }));
    expect(found.faults).toEqual(faults);
    expect(found.diagnosis.live).toBeNull();
    expect(found.diagnosis.missing).toContainEqual({ kind: 'live-state-on-log', problem: { kind: 'no-position' } });
  });

  it("live state at a position before the end is compared there, and later events are nobody's fault", async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states, next } = played(
      events,
      planted.filter(({ n }) => n < 300),
      accountRule,
    );
    const found = await told(await leftBehind(f, { outputs, live: { next, states } }));
    expect(found.faults).toEqual(faults);
    expect(found.diagnosis.live).toMatchObject({ keys: 5, wrong: 1, reproduced: 1, unexplained: 0 });
    expect(found.undetermined).toEqual([]);
  });

  it('live state at a position before the end of the records', async () => {
    const f = use(events, accountWorker(revealing));
    const { states, next } = played(
      events,
      planted.filter(({ n }) => n < 300),
      accountRule,
    );
    const { outputs } = played(events, planted, accountRule);
    const found = await told(await leftBehind(f, { outputs, live: { next, states } }));
    expect(found.faults).toEqual(faults);
    expect(found.diagnosis.live).toMatchObject({ wrong: 1, reproduced: 1, unexplained: 0 });
    expect(found.diagnosis.tally).toMatchObject({ behindLiveState: 100, unknownEvents: 0 });
    expect(found.diagnosis.missing).toContainEqual({ kind: 'later-live-state', records: 100 });
  });

  it('live state beyond the log is not compared', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states } = played(events, planted, accountRule);
    const found = await told(await leftBehind(f, { outputs, live: { next: [200, 999], states } }));
    expect(found.faults).toEqual(faults);
    expect(found.diagnosis.live).toBeNull();
    expect(found.diagnosis.missing).toContainEqual({
      kind: 'live-state-on-log',
      problem: { kind: 'behind-log-end', topic: 't', partition: 1, next: 999, end: 200 },
    });
  });

  it('a live state that the faults do not explain names the keys', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states } = played(events, planted, accountRule);
    const found = await told(
      await leftBehind(f, {
        outputs,
        live: { next: whole, states: { ...states, k1: { balance: 1, seen: 1 }, alien: { balance: 0, seen: 0 } } },
      }),
    );
    expect(found.faults).toEqual(faults);
    expect(found.diagnosis.live).toMatchObject({ unexplained: 2 });
    expect(found.undetermined.map(({ key }) => key).sort()).toEqual(['alien', 'k1']);
  });

  it('snapshots from after the onset only: the beginning of the log is right, and they are not', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states } = played(events, planted, accountRule);
    await f.writeSnapshot('s-1', [150, 150], played(events, planted.slice(0, 301), accountRule).states);
    const found = await told(
      await leftBehind(f, { outputs, live: { next: whole, states } }, { snapshots: snapshotsOf(f) }),
    );
    expect(found.faults).toEqual(faults);
    expect(found.diagnosis.start).toEqual({ snapshot: null, basis: 'genesis' });
  });

  it('no state that is known to be right', async () => {
    const late = events.map((event, n) => ({ ...event, offset: Math.floor(n / 2) + 10 }));
    const f = use(late, accountWorker(revealing));
    const { outputs } = played(late, planted, accountRule);
    expect(await failure(told(await leftBehind(f, { outputs })))).toMatchObject({ code: 'no-trusted-state' });
  });
});

describe('records', () => {
  it('of events that the log does not hold are counted, and of none at all', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states } = played(events, planted, accountRule);
    const strange = { output: 'booked', key: 'k1', value: { balance: 1, seen: 1 } };
    const more = [
      { ...strange, topic: 'other', partition: 0, offset: '1' },
      { ...strange, topic: 't', partition: 9, offset: '1' },
      { ...strange, topic: 't', partition: 1, offset: '777777' },
      strange,
    ];
    const given = [...outputs.slice(0, 50), ...more, ...outputs.slice(50)];
    const found = await told(await leftBehind(f, { outputs: given, live: { next: whole, states } }));
    expect(found.faults).toEqual(faults);
    expect(found.diagnosis.tally).toMatchObject({ unknownEvents: 4, firstUnknownEvent: 'other[0]@1' });
    expect(found.diagnosis.live).toMatchObject({ unexplained: 0 });
    expect(found.diagnosis.missing).toContainEqual({ kind: 'events-of-records', records: 4, first: 'other[0]@1' });
  });

  it('with ids that no event has', async () => {
    const named = bookings(count, { ids: true });
    const f = use(named, accountWorker(revealing));
    const { outputs, states } = played(named, planted, accountRule);
    const given: Record<string, unknown>[] = outputs.map(({ topic: _t, partition, offset, ...rest }) => ({
      ...rest,
      event_id: `b-${Number(offset) * 2 + Number(partition)}`,
    }));
    given.splice(60, 0, { output: 'booked', key: 'k1', value: { balance: 1, seen: 1 }, event_id: 'nobody' });
    const found = await told(await leftBehind(f, { outputs: given, live: { next: whole, states } }));
    expect(found.faults).toEqual(faults);
    expect(found.diagnosis.tally).toMatchObject({ unknownEvents: 1, firstUnknownEvent: 'id nobody' });
  });

  it('that are empty leave what states alone tell', async () => {
    const f = use(events, accountWorker(revealing));
    const { states } = played(events, planted, accountRule);
    const found = await told(await leftBehind(f, { outputs: [], live: { next: whole, states } }));
    expect(found.diagnosis).toMatchObject({ evidence: 'states', tally: null });
    expect(found.faults).toEqual([]);
    expect(found.undetermined.map(({ key }) => key)).toEqual(['k0']);
    expect(found.diagnosis.missing).toContainEqual({
      kind: 'text',
      text: expect.stringContaining('outputs of the key, a ledger of handled events') as unknown,
    });
  });

  it('and no states at all', async () => {
    const f = use(events, accountWorker(revealing));
    const found = await told(await leftBehind(f, { outputs: [] }));
    expect(found.diagnosis).toMatchObject({ evidence: 'none' });
    expect(found.diagnosis.missing).toContainEqual({ kind: 'no-later-states' });
  });

  it('that begin in the middle of the incident', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states } = played(events, planted, accountRule);
    const found = await told(await leftBehind(f, { outputs: outputs.slice(200), live: { next: whole, states } }));
    // The one before them is not told, nor blamed on the event where it shows.
    expect(found.faults).toEqual(faults.slice(0, 1));
    expect(found.undetermined.map(({ key, event }) => [key, event?.offset])).toEqual([['k0', 102]]);
    expect(found.diagnosis.missing).toContainEqual({ kind: 'earlier-records', events: 201 });
    expect(found.diagnosis.onset?.evidence).toMatchObject({ kind: 'first-fault', unwitnessed: 201 });
  });

  it('the same diagnosis whatever the batches in which they come', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states } = played(events, planted, accountRule);
    const situation = await leftBehind(f, { outputs, live: { next: whole, states } });
    const { diagnosis } = await told(situation);
    for (const size of [1, 3, 251, 1000]) {
      const other = await told({ ...situation, recordedOutputs: inBatches(situation, size) });
      expect(other.diagnosis).toEqual(diagnosis);
    }
  });
});

function inBatches({ recordedOutputs }: RecoveryInputs, size: number): RecordedOutputs {
  const whole = recordedOutputs as RecordedOutputs;
  return {
    describe: () => whole.describe(),
    async *read() {
      for await (const batch of whole.read()) {
        for (let from = 0; from < batch.length; from += size) yield batch.slice(from, from + size);
      }
    },
    close: () => undefined,
  };
}

describe('the work', () => {
  it('that is stopped leaves no half diagnosis, and the next call succeeds', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs, states } = played(events, planted, accountRule);
    const situation = await leftBehind(f, { outputs, live: { next: whole, states } });
    const stop = new AbortController();
    const onProgress = ({ phase }: { readonly phase: string }): void => {
      if (phase === 'diagnose') stop.abort();
    };
    const slow = { ...situation };
    f.rewriteWorker(
      accountWorker(revealing).replace(
        'const next',
        'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); const next',
      ),
    );
    expect(await failure(diagnose(slow, {}, { signal: stop.signal, onProgress }))).toMatchObject({
      code: 'interrupted',
    });
    expect(readDiagnosis(situation.store)).toBeNull();
    expect(readdirSync(diagnosisFiles(situation.store).folder)).toEqual([]);
    f.rewriteWorker(accountWorker(revealing));
    expect((await told(situation)).faults).toEqual(faults);
    expect(readdirSync(diagnosisFiles(situation.store).folder).sort()).toEqual([
      'diagnosis.json',
      'faults.ndjson',
      'undetermined.ndjson',
    ]);
  });

  it('names an event that does not end', async () => {
    const f = use(events, accountWorker(revealing).replace('const next', 'if (value.n === 77) for (;;); const next'));
    const { outputs } = played(events, planted, accountRule);
    const situation = await leftBehind(f, { outputs }, { tuning: { eventTimeoutMs: 300 } });
    const error = await failure(told(situation));
    expect(error).toMatchObject({ code: 'worker-timeout' });
    expect(error.message).toContain('t[1]@38');
  });

  it('keeps every fault in a file, and a bounded summary', async () => {
    const f = use(events, accountWorker(revealing));
    const everything = healthy(count).map(({ n }) => ({ n, add: n }));
    const { outputs, states } = played(events, everything, accountRule);
    const found = await told(await leftBehind(f, { outputs, live: { next: whole, states } }));
    const right = everything.filter(({ n }) => ((n * 31) % 50) + 1 === n).length;
    expect(found.all).toHaveLength(count - right);
    expect(found.diagnosis.examples).toHaveLength(200);
    expect(found.diagnosis.counts.wrong).toBe(count - right);
    expect(found.diagnosis.live).toMatchObject({ wrong: 5, reproduced: 5 });
  });
});

describe('a worker with `deduplicate`', () => {
  it('what the service handled although its id had come before is twice', async () => {
    const doubled = events.map((event, n) =>
      n === 120
        ? { ...event, value: { ...(event.value as object), key: keyOf(100), id: 'b-100', n } }
        : { ...event, value: { ...(event.value as object), id: `b-${n}` } },
    );
    const f = use(doubled, accountWorker(revealing, 'deduplicate: { id: (event) => event.value.id, window: 1000 },'));
    const { outputs, states } = played(
      doubled,
      healthy(count).filter(({ n }) => n !== 120),
      accountRule,
    );
    const found = await told(await leftBehind(f, { outputs, live: { next: whole, states } }));
    expect(found.faults).toEqual([]);
    const wrong = played(doubled, healthy(count), accountRule);
    const again = await told(
      await leftBehind(f, { outputs: wrong.outputs, live: { next: whole, states: wrong.states } }),
    );
    expect(again.faults).toEqual([`twice ${formatLocation(120)}`]);
  });
});
