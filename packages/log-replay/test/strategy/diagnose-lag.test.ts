import { describe, expect, it } from 'vitest';
import { fixtures } from './replay-fixture.js';
import {
  accountRule,
  accountWorker,
  bookings,
  healthy,
  leftBehind,
  played,
  revealing,
  told,
} from './played-service.js';

const use = fixtures();
const events = bookings(400, { keys: 4 });
const order = { order: { by: 'time', maxStepMs: 86_400_000 } } as const;

/** A service that has read all of partition 1, and of partition 0 only what came before event 100; it missed some. */
async function lagging(locality: 'global' | 'partition', missed: readonly number[]) {
  const service = use(events, accountWorker(revealing, `locality: '${locality}',`));
  const handled = healthy(400).filter(({ n }) => (n % 2 === 1 || n < 100) && !missed.includes(n));
  const { outputs, next, states } = played(events, handled, accountRule);
  return told(await leftBehind(service, { outputs, live: { next, states } }, order));
}

describe('a service that has read one partition further than the other', () => {
  for (const locality of ['global', 'partition'] as const) {
    it(`is followed to its end in each (${locality})`, async () => {
      const { diagnosis, faults } = await lagging(locality, []);
      expect(faults).toEqual([]);
      expect(diagnosis.tally).toMatchObject({ events: 250, handlings: 250, unknownEvents: 0 });
      expect(diagnosis.live).toMatchObject({ keys: 4, wrong: 0, unexplained: 0 });
    });

    it(`is told what it missed behind the end of the other partition (${locality})`, async () => {
      const { faults } = await lagging(locality, [301]);
      expect(faults).toEqual(['missed 1@150']);
    });
  }
});

describe('a service that handles partitions at once', () => {
  it('is not accused of the order in which its outputs were recorded', async () => {
    const service = use(
      events,
      `{
        name: 'accounts', version: '1.0.0', key: (event) => event.value.key, initial: () => ({ balance: 0, seen: 0 }),
        outputs: { booked: { kind: 'event' }, note: { kind: 'event' } },
        evolve({ balance, seen }, { value }, context) {
          const next = { balance: (balance * 7 + value.add) % 100003, seen: seen + 1 };
          context.emit('booked', next);
          context.emit('note', next.seen);
          return next;
        },
      }`,
    );
    const rule = {
      ...accountRule,
      outputs: (state: { seen: number }) => [
        ['booked', { ...state }],
        ['note', state.seen],
      ],
    };
    const { outputs, next, states } = played(events, healthy(400), rule as unknown as typeof accountRule);
    const mixed = [...outputs];
    // Events 100 and 101 stand in different partitions: two threads recorded what they gave.
    [mixed[201], mixed[202]] = [mixed[202] as never, mixed[201] as never];
    const { faults, diagnosis } = await told(
      await leftBehind(service, { outputs: mixed, live: { next, states } }, order),
    );
    expect(faults).toEqual([]);
    expect(diagnosis.undetermined).toBe(0);
  });
});
