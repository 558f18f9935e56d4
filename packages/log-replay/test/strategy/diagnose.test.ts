import { describe, expect, it } from 'vitest';
import { fixtures, snapshotsOf } from './replay-fixture.js';
import { again, except, move, swap } from './planted-mistakes.js';
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
  type Account,
  type Booking,
  type Handled,
  type ServiceRule,
} from './played-service.js';

const use = fixtures();
const count = 400;
const events = bookings(count);

interface Case {
  readonly name: string;
  readonly plant: (handlings: Handled[]) => void;
  readonly faults: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'nothing', plant: () => undefined, faults: [] },
  { name: 'a missed event', plant: (all) => all.splice(100, 1), faults: [`missed ${formatLocation(100)}`] },
  {
    name: 'two missed events of one key',
    plant: (all) => [110, 100].map((n) => all.splice(n, 1)),
    faults: [`missed ${formatLocation(100)}`, `missed ${formatLocation(110)}`],
  },
  { name: 'twice, right away', plant: (all) => again(all, 100, 100), faults: [`twice ${formatLocation(100)}`] },
  {
    name: 'three times',
    plant: (all) => [0, 0].map(() => again(all, 100, 100)),
    faults: [`twice ${formatLocation(100)}`, `twice ${formatLocation(100)}`],
  },
  { name: 'twice, later', plant: (all) => again(all, 100, 137), faults: [`twice ${formatLocation(100)}`] },
  {
    name: 'late inside of a partition',
    plant: (all) => move(all, 100, 121),
    faults: [`out-of-order ${formatLocation(100)}`],
  },
  {
    name: 'late past another partition only',
    plant: (all) => move(all, 100, 105),
    faults: [`out-of-order ${formatLocation(100)}`],
  },
  { name: 'late past nothing that shares a key', plant: (all) => move(all, 100, 104), faults: [] },
  { name: 'changed places', plant: (all) => swap(all, 100, 115), faults: [`out-of-order ${formatLocation(100)}`] },
  { name: 'early', plant: (all) => move(all, 121, 98), faults: [`out-of-order ${formatLocation(121)}`] },
  {
    name: 'a wrong result',
    plant: (all) => (all[100] = { n: 100, add: -3 }),
    faults: [`wrong ${formatLocation(100)}`],
  },
  {
    name: 'wrong results in a row',
    plant: (all) => [100, 105, 110].map((n) => (all[n] = { n, add: 77 })),
    faults: [100, 110, 105].map((n) => `wrong ${formatLocation(n)}`),
  },
  {
    name: 'outputs that were not sent',
    plant: (all) => (all[100] = { n: 100, sent: 0 }),
    faults: [`not-sent ${formatLocation(100)}`],
  },
  {
    name: 'outputs that were sent twice',
    plant: (all) => (all[100] = { n: 100, sent: 2 }),
    faults: [`sent-twice ${formatLocation(100)}`],
  },
  {
    name: 'all of it together',
    plant: (all) => {
      again(all, 250, 262);
      move(all, 200, 230);
      all[150] = { n: 150, add: 9 };
      all[120] = { n: 120, sent: 0 };
      all.splice(100, 1);
    },
    faults: [
      `missed ${formatLocation(100)}`,
      `not-sent ${formatLocation(120)}`,
      `out-of-order ${formatLocation(200)}`,
      `twice ${formatLocation(250)}`,
      `wrong ${formatLocation(150)}`,
    ],
  },
];

/** For where it matters that a kind is found at all. */
const oneOfEachKind = cases.filter(({ name }) =>
  [
    'nothing',
    'a missed event',
    'twice, later',
    'changed places',
    'a wrong result',
    'outputs that were not sent',
  ].includes(name),
);

const sorted = (list: readonly string[]): readonly string[] => [...list].sort();

describe('a service with recorded outputs that reveal its states', () => {
  it.each(cases)('$name', async ({ plant, faults }) => {
    const f = use(events, accountWorker(revealing));
    const service = played(events, except(count, plant), accountRule);
    const found = await told(
      await leftBehind(f, { outputs: service.outputs, live: { next: [200, 200], states: service.states } }),
    );
    expect(sorted(found.faults)).toEqual(faults);
    expect(found.undetermined).toEqual([]);
    expect(found.diagnosis).toMatchObject({ evidence: 'records', start: { snapshot: null, basis: 'genesis' } });
    expect(found.diagnosis.live).toMatchObject({ keys: 5, unexplained: 0, approximate: 0 });
    expect(found.diagnosis.live?.reproduced).toBe(found.diagnosis.live?.wrong);
  });

  it('in one partition, and in eight', async () => {
    for (const partitions of [1, 8]) {
      const wide = bookings(count, { partitions });
      const f = use(wide, accountWorker(revealing));
      const service = played(
        wide,
        except(count, (all) => {
          move(all, 200, 240);
          again(all, 150, 150);
          all.splice(100, 1);
        }),
        accountRule,
      );
      const found = await told(
        await leftBehind(f, { outputs: service.outputs, live: { next: service.next, states: service.states } }),
      );
      expect(sorted(found.faults)).toEqual([
        `missed ${formatLocation(100, partitions)}`,
        `out-of-order ${formatLocation(200, partitions)}`,
        `twice ${formatLocation(150, partitions)}`,
      ]);
      f.dispose();
    }
  });
});

describe('a service whose outputs reveal nothing', () => {
  it.each(cases.filter(({ name }) => !/wrong|all of it/.test(name)))('$name', async ({ plant, faults }) => {
    const f = use(events, accountWorker());
    const service = played(events, except(count, plant), accountRule);
    const found = await told(
      await leftBehind(f, { outputs: service.outputs, live: { next: [200, 200], states: service.states } }),
    );
    expect(sorted(found.faults)).toEqual(faults);
    expect(found.diagnosis.live).toMatchObject({ unexplained: 0 });
  });

  it('a wrong result is named, and what follows of its key cannot be told', async () => {
    const f = use(events, accountWorker());
    const service = played(
      events,
      except(count, (all) => (all[100] = { n: 100, add: -3 })),
      accountRule,
    );
    const found = await told(
      await leftBehind(f, { outputs: service.outputs, live: { next: [200, 200], states: service.states } }),
    );
    expect(found.faults).toEqual([`wrong ${formatLocation(100)}`]);
    expect(found.undetermined.every(({ key }) => key === 'k0')).toBe(true);
    expect(found.undetermined).toHaveLength((count - 105) / 5);
    expect(found.diagnosis.missing).toContainEqual({
      kind: 'text',
      text: expect.stringContaining('`reveals` in the worker') as unknown,
    });
  });
});

describe('a service whose outputs depend on no state', () => {
  const rule: ServiceRule<Account> = { ...accountRule, outputs: (_, { add }) => [['booked', { add }]] };
  const worker = accountWorker().replace("emit('booked', next)", "emit('booked', { add: value.add })");

  it('every wrong one is named, although the one before it left a state that nobody knows', async () => {
    const f = use(events, worker);
    const service = played(
      events,
      except(count, (all) => {
        for (const n of [100, 105, 110]) all[n] = { n, add: -3 };
      }),
      rule,
    );
    const { faults } = await told(await leftBehind(f, { outputs: service.outputs }));
    expect(sorted(faults)).toEqual([100, 110, 105].map((n) => `wrong ${formatLocation(n)}`));
  });
});

/** Balances that are told in tenths only. */
const smoothRule: ServiceRule<Account> = {
  initial: { balance: 0, seen: 0 },
  next: ({ balance, seen }, { add }) => ({ balance: balance * 0.75 + add, seen: seen + 1 }),
  outputs: ({ balance, seen }) => [['booked', { balance: Math.round(balance * 10) / 10, seen }]],
};
const smoothWorker = accountWorker(
  "reveals: [{ fields: { balance: 'balance', seen: 'seen' }, within: { balance: 0.05 } }],",
)
  .replace('(balance * 7 + value.add) % 100003', 'balance * 0.75 + value.add')
  .replace("emit('booked', next)", "emit('booked', { ...next, balance: Math.round(next.balance * 10) / 10 })");

describe('a service whose outputs are rounded', () => {
  it.each([...oneOfEachKind, ...cases.slice(-1)])('$name', async ({ plant, faults }) => {
    const f = use(events, smoothWorker);
    const service = played(events, except(count, plant), smoothRule);
    const found = await told(
      await leftBehind(f, { outputs: service.outputs, live: { next: [200, 200], states: service.states } }),
    );
    expect(sorted(found.faults)).toEqual(faults);
    expect(found.undetermined).toEqual([]);
  });
});

describe('a redelivery from far before', () => {
  const many = bookings(4000);

  it('beyond the window of handlings that are kept', async () => {
    const f = use(many, accountWorker(revealing));
    const service = played(
      many,
      except(4000, (all) => again(all, 101, 3000)),
      accountRule,
    );
    const found = await told(
      await leftBehind(f, { outputs: service.outputs, live: { next: service.next, states: service.states } }),
    );
    expect(found.faults).toEqual([`twice ${formatLocation(101)}`]);
    expect(found.diagnosis.live).toMatchObject({ unexplained: 0 });
  });

  it('from before the start, once the records have begun', async () => {
    const f = use(events, accountWorker(revealing));
    await f.writeSnapshot('s-1', [100, 100], played(events, healthy(200), accountRule).states);
    const service = played(
      events,
      except(count, (all) => again(all, 51, 300)),
      accountRule,
    );
    const outputs = service.outputs.slice(210);
    const found = await told(
      await leftBehind(
        f,
        { outputs, live: { next: service.next, states: service.states } },
        { snapshots: snapshotsOf(f) },
      ),
    );
    expect(found.diagnosis.start).toEqual({ snapshot: 's-1', basis: 'proven' });
    expect(found.faults).toEqual([`twice ${formatLocation(51)}`]);
    expect(found.diagnosis.tally).toMatchObject({ unwitnessed: 10, beforeStretch: 0 });
  });
});

describe('a ledger', () => {
  const alone = oneOfEachKind.filter(({ name }) => !/wrong|sent/.test(name));
  it.each(alone.filter(({ name }) => name !== 'twice, later'))('alone: $name', async ({ plant, faults }) => {
    const f = use(events, accountWorker());
    const service = played(events, except(count, plant), accountRule);
    const found = await told(
      await leftBehind(f, { ledger: service.ledger, live: { next: [200, 200], states: service.states } }),
    );
    expect(sorted(found.faults)).toEqual(faults);
    expect(found.diagnosis.live).toMatchObject({ unexplained: 0 });
    expect(found.diagnosis.outputsDigest).toBeNull();
  });

  it.each(alone.filter(({ name }) => name === 'twice, later'))(
    'alone: $name, where a row that comes once more later may have been sent again',
    async ({ plant }) => {
      const f = use(events, accountWorker());
      const service = played(events, except(count, plant), accountRule);
      const live = { next: [200, 200], states: service.states };
      const found = await told(await leftBehind(f, { ledger: service.ledger, live }));
      expect(found.faults).toEqual([]);
      expect(found.undetermined.length + (found.diagnosis.live?.unexplained ?? 0)).toBeGreaterThan(0);
    },
  );

  it.each([...oneOfEachKind, ...cases.slice(-1)])(
    'beside outputs that were kept for a shorter time: $name',
    async ({ plant, faults }) => {
      const f = use(events, accountWorker(revealing));
      const service = played(events, except(count, plant), accountRule);
      const outputs = service.outputs.slice(60);
      const found = await told(
        await leftBehind(f, { outputs, ledger: service.ledger, live: { next: [200, 200], states: service.states } }),
      );
      expect(sorted(found.faults)).toEqual(faults);
      expect(found.undetermined).toEqual([]);
    },
  );

  it('tells that an event without outputs was missed', async () => {
    const f = use(events, accountWorker().replace('context.emit(', 'if (value.n > 300) context.emit('));
    const rule = {
      ...accountRule,
      outputs: (state: Account, booking: Booking) => (booking.n > 300 ? accountRule.outputs(state, booking) : []),
    };
    const service = played(
      events,
      except(count, (all) => all.splice(100, 1)),
      rule,
    );
    const live = { next: service.next, states: service.states };
    const found = await told(await leftBehind(f, { outputs: service.outputs, ledger: service.ledger, live }));
    expect(found.faults).toEqual([`missed ${formatLocation(100)}`]);
    // Without it nobody can say which event it was.
    const without = await told(await leftBehind(f, { outputs: service.outputs, live }));
    expect(without.faults).toEqual([]);
    expect(without.undetermined.length).toBeGreaterThan(0);
  });
});

describe('records by business id', () => {
  it.each([...oneOfEachKind, ...cases.slice(-1)])('$name', async ({ plant, faults }) => {
    const named = bookings(count, { ids: true });
    const f = use(named, accountWorker(revealing));
    const service = played(named, except(count, plant), accountRule);
    const outputs = service.outputs.map(({ topic: _t, partition, offset, ...rest }) => ({
      ...rest,
      event_id: `b-${Number(offset) * 2 + Number(partition)}`,
    }));
    const found = await told(await leftBehind(f, { outputs, live: { next: [200, 200], states: service.states } }));
    expect(sorted(found.faults)).toEqual(faults);
  });
});
