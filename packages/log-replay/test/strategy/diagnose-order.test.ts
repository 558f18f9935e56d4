import { describe, expect, it } from 'vitest';
import type { OrderSpec } from '@eventmend/core';
import { fixtures } from './replay-fixture.js';
import { again, except, move } from './planted-mistakes.js';
import {
  accountRule,
  accountWorker,
  bookings,
  leftBehind,
  formatLocation,
  played,
  revealing,
  told,
  type Booking,
  type Handled,
} from './played-service.js';

const use = fixtures();
const count = 400;
const partitions = 4;
const events = bookings(count, { partitions });
const byTime: OrderSpec = { by: 'time', maxStepMs: 24 * 3600 * 1000 };

/** Another permissible order: one partition lags behind the others, by three rounds and then by none, in turns. */
function lagging(handlings: readonly Handled[]): readonly Handled[] {
  const turnOf = (n: number): number => (n % partitions === 1 ? n + (n % 40 < 24 ? 12 : 0) : n);
  const offsetsKept = new Map<number, number>();
  return handlings
    .map((handling, index) => {
      const lane = handling.n % partitions;
      const turn = Math.max(turnOf(handling.n), offsetsKept.get(lane) ?? 0);
      offsetsKept.set(lane, turn);
      return { handling, turn, index };
    })
    .sort((a, b) => a.turn - b.turn || a.index - b.index)
    .map(({ handling }) => handling);
}

async function diagnosed(
  handlings: readonly Handled[],
  { order = byTime, skip = 0, worker = accountWorker(revealing) } = {},
) {
  const f = use(events, worker);
  const { outputs, states, next } = played(events, handlings, accountRule);
  const found = await told(await leftBehind(f, { outputs: outputs.slice(skip), live: { next, states } }, { order }));
  f.dispose();
  return found;
}

describe('under the order by time', () => {
  it.each([0, 100])(
    'a healthy service that interleaved the partitions otherwise is accused of nothing (%i records lost)',
    async (skip) => {
      const { faults, diagnosis } = await diagnosed(lagging(except(count, () => undefined)), { skip });
      expect(faults).toEqual([]);
      expect(diagnosis.tally).toMatchObject({ consequences: 0 });
      // It is followed in its own order, so that nothing of what it did is another order's; before the records, nobody
      // knows that order.
      if (skip === 0) expect(diagnosis.tally).toMatchObject({ orderNotDetermined: 0 });
      expect(diagnosis.live).toMatchObject({ wrong: 0, unexplained: 0 });
      if (skip > 0) expect(diagnosis.live?.orderNotDetermined).toBeGreaterThan(0);
    },
  );

  it('what it did wrong is told all the same', async () => {
    const planted = except(count, (all) => {
      again(all, 300, 311);
      move(all, 200, 240);
      all[150] = { n: 150, add: 9 };
      all.splice(100, 1);
    });
    const { faults, undetermined } = await diagnosed(lagging(planted));
    expect([...faults].sort()).toEqual([
      `missed ${formatLocation(100, partitions)}`,
      `out-of-order ${formatLocation(200, partitions)}`,
      `twice ${formatLocation(300, partitions)}`,
      `wrong ${formatLocation(150, partitions)}`,
    ]);
    expect(undetermined).toEqual([]);
  });
});

describe('under an explicit order', () => {
  /** The same number in forms that a double does not hold, or that no number is. */
  it.each([
    ['texts of one length', (n: number) => `n${String(n).padStart(6, '0')}`],
    ['times', (n: number) => new Date(n * 1000).toISOString()],
    ['integers beyond a double', (n: number) => (9_007_199_254_740_993n + BigInt(n)).toString()],
  ])('of %s the same service is out of order', async (_, orderOf) => {
    const ordered = events.map((event) => {
      const value = event.value as Booking;
      return { ...event, value: { ...value, at: orderOf(value.n) } };
    });
    const f = use(ordered, accountWorker(revealing));
    const { outputs, states, next } = played(ordered, lagging(except(count, () => undefined)), accountRule);
    const order = { by: 'field', path: 'at' } as const;
    const { faults } = await told(await leftBehind(f, { outputs, live: { next, states } }, { order }));
    const { faults: byNumber } = await diagnosed(lagging(except(count, () => undefined)), {
      order: { by: 'field', path: 'n' },
    });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults).toEqual(byNumber);
  });

  it('the same service is out of order', async () => {
    const { faults } = await diagnosed(lagging(except(count, () => undefined)), { order: { by: 'field', path: 'n' } });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.every((fault) => fault.startsWith('out-of-order'))).toBe(true);
  });
});
