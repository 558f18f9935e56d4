import { describe, expect, it } from 'vitest';
import { fixtures } from './replay-fixture.js';
import { again, except } from './planted-mistakes.js';
import {
  accountRule,
  accountWorker,
  bookings,
  formatLocation,
  leftBehind,
  played,
  revealing,
  told,
} from './played-service.js';

const use = fixtures();
const count = 200;
const events = bookings(count);

/** 100 and 102 come again behind 110, and 150 is missed. */
const handlings = except(count, (all) => {
  again(all, 100, 110);
  again(all, 102, 100);
  all.splice(
    all.findIndex(({ n }) => n === 150),
    1,
  );
});

/** From which handling on, so that second handlings stand first. */
const from = handlings.findLastIndex(({ n }) => n === 100);

describe('records that begin with second handlings', () => {
  it.each(['outputs', 'ledger'] as const)('accuse nobody of what was handled before them (%s)', async (kind) => {
    const f = use(events, accountWorker(revealing));
    const all = played(events, handlings, accountRule);
    const found = await told(await leftBehind(f, { [kind]: all[kind].slice(from) }));
    expect(found.faults).toEqual([`missed ${formatLocation(150)}`]);
  });

  it.each(['outputs', 'ledger'] as const)('are held to all that comes once they go on in order (%s)', async (kind) => {
    const f = use(events, accountWorker(revealing));
    const all = played(
      events,
      except(count, (list) => {
        again(list, 100, 110);
        list.splice(
          list.findIndex(({ n }) => n === 119),
          1,
        );
      }),
      accountRule,
    );
    const found = await told(await leftBehind(f, { [kind]: all[kind].slice(from) }));
    expect(found.faults).toEqual([`missed ${formatLocation(119)}`]);
  });
});

describe('the first event of a partition', () => {
  it.each(['outputs', 'ledger'] as const)('is missed where one list begins before it (%s)', async (kind) => {
    const f = use(events, accountWorker(revealing));
    const all = played(
      events,
      except(count, (list) => list.splice(1, 1)),
      accountRule,
    );
    expect((await told(await leftBehind(f, { [kind]: all[kind] }))).faults).toEqual(['missed 1@0']);
    // In front of all records it may have been handled before they begin.
    const first = played(
      events,
      except(count, (list) => list.splice(0, 1)),
      accountRule,
    );
    expect((await told(await leftBehind(f, { [kind]: first[kind] }))).faults).toEqual([]);
  });
});

describe('rows of events that the log does not hold', () => {
  it('accuse nobody when they come again', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs } = played(
      events,
      except(count, () => undefined),
      accountRule,
    );
    const behind = (n: number): number =>
      outputs.findIndex(({ partition, offset }) => `${String(partition)}@${String(offset)}` === formatLocation(n)) + 1;
    // They left the state of their key as it was, which is the one behind its event before.
    const lost = (n: number, offset: string) => ({ ...outputs[behind(n) - 1], partition: 1, offset });
    const [first, second] = [lost(50, '777777'), lost(60, '777778')];
    const rows = [...outputs.slice(0, behind(50)), first, ...outputs.slice(behind(50), behind(60)), second];
    const all = [...rows, ...outputs.slice(behind(60), behind(80)), first, second, ...outputs.slice(behind(80))];
    const found = await told(await leftBehind(f, { outputs: all }));
    expect(found.faults).toEqual([]);
    expect(found.diagnosis.tally).toMatchObject({ unknownEvents: 4 });
  });
});
