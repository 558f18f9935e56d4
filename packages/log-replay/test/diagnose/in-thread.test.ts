import { openNdjsonSnapshots } from '@eventmend/core';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainStates } from '../../src/diagnose/from-states/explain-states.js';
import { measureOrderSensitivity } from '../../src/diagnose/order-sensitivity/measure-order-sensitivity.js';
import { prepareInputs, type PreparedInputs, type RecoveryInputs } from '@eventmend/core/engine';
import { balanceWorker, failure, fixtures, snapshotsOf } from '../strategy/replay-fixture.js';

const fixture = fixtures();

const events = [
  { value: { key: 'a', add: 5 } },
  { partition: 1, value: { key: 'b', add: 3 } },
  { value: { key: 'a', add: -9 } },
  { value: { key: 'a', add: 4 } },
  { partition: 1, value: { key: 'b', add: 2 } },
  { value: { key: 'b', add: -4 } },
  { value: { key: 'c', add: 4711 } },
];

async function prepared<Result>(
  situation: RecoveryInputs,
  work: (prepared: PreparedInputs) => Promise<Result>,
): Promise<Result> {
  const all = await prepareInputs(situation);
  try {
    return await work(all);
  } finally {
    all.close();
  }
}

async function incident(worker = balanceWorker()) {
  const made = fixture(events, worker);
  await made.writeSnapshot('s-1', [2, 0], { a: { balance: 0, seen: 2 } });
  // The service handled the event of c twice.
  await made.writeSnapshot('live', [5, 2], {
    a: { balance: 4, seen: 3 },
    b: { balance: 1, seen: 3 },
    c: { balance: 9422, seen: 2 },
  });
  const live = openNdjsonSnapshots(join(made.folder, 'snapshots', 'live.ndjson'), { defaultSource: 'fixture' });
  return made.but({ snapshots: snapshotsOf(made), live });
}

describe('in a supervised thread, from files', () => {
  it('explains states, with the onset between two snapshots', async () => {
    const situation = await incident();
    const told: string[] = [];
    const found = await prepared(situation, (all) =>
      explainStates({ prepared: all, start: null }, { onProgress: ({ phase }) => told.push(phase) }),
    );
    expect(found.faults).toMatchObject([
      { kind: 'twice', event: { topic: 't', partition: 0, offset: 4 }, keys: ['c'] },
    ]);
    expect(found.differing).toMatchObject([{ key: 'c', agreedAt: 's-1', differsAt: 'live' }]);
    expect(told).toContain('diagnose');
  });

  it('measures order sensitivity', async () => {
    const measured = await prepared(await incident(), (all) =>
      measureOrderSensitivity({ prepared: all, start: null }, {}),
    );
    expect(measured.notMeasured).toBeNull();
    expect(measured.keys).toMatchObject({ independent: 2, sensitive: 1 });
    expect(measured.sensitive[0]).toMatchObject({ key: 'b', live: 'among' });
  });

  it('stops when it is asked to', async () => {
    const situation = await incident();
    const signal = AbortSignal.abort();
    const explaining = prepared(situation, (all) => explainStates({ prepared: all, start: null }, { signal }));
    expect(await failure(explaining)).toMatchObject({ code: 'interrupted' });
    const measuring = prepared(situation, (all) => measureOrderSensitivity({ prepared: all, start: null }, { signal }));
    expect(await failure(measuring)).toMatchObject({ code: 'interrupted' });
  });

  it('names an event that does not end, or parks it and tells its keys apart', async () => {
    const endless = balanceWorker(
      '',
      `evolve(state, { value }) {
        if (value.key === 'c') for (;;);
        return { balance: Math.max(0, state.balance + value.add), seen: state.seen + 1 };
      },`,
    );
    const situation = { ...(await incident(endless)), tuning: { eventTimeoutMs: 300 } };
    const explained = (poison: RecoveryInputs['poison']) =>
      prepared({ ...situation, poison }, (all) => explainStates({ prepared: all, start: null }, {}));
    const stopped = await failure(explained('stop'));
    expect(stopped).toMatchObject({ code: 'worker-timeout' });
    expect(stopped.message).toContain('t[0]@4');
    const parked = await explained('quarantine-event');
    expect(parked.faults).toEqual([]);
    expect(parked.undetermined).toMatchObject([{ key: 'c' }]);
    expect(parked.undetermined[0]?.reason).toContain('quarantine');
  });
});
