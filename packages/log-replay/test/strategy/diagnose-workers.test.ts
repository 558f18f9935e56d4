import { describe, expect, it } from 'vitest';
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
  type Account,
  type Handled,
  type ServiceRule,
} from './played-service.js';

const use = fixtures();
const count = 400;
const events = bookings(count);
const sorted = (list: readonly string[]): readonly string[] => [...list].sort();

describe('workers', () => {
  const planted = (all: Handled[]): void => {
    again(all, 250, 262);
    move(all, 200, 230);
    all[150] = { n: 150, add: 9 };
    all.splice(100, 1);
  };
  const faults = [
    `missed ${formatLocation(100)}`,
    `out-of-order ${formatLocation(200)}`,
    `twice ${formatLocation(250)}`,
    `wrong ${formatLocation(150)}`,
  ];

  it.each([
    [
      'is async',
      accountWorker(revealing).replace('evolve(', 'async evolve(').replace('const next', 'await null; const next'),
      accountRule,
    ],
    [
      'sends several outputs of one name and key',
      accountWorker(revealing)
        .replace(
          "context.emit('booked', next);",
          "context.emit('booked', next); context.emit('booked', { ...next, seen: 0 - next.seen });",
        )
        .replace("seen: 'seen'", ''),
      {
        ...accountRule,
        outputs: ({ balance, seen }: Account) =>
          [
            ['booked', { balance, seen }],
            ['booked', { balance, seen: -seen }],
          ] as const,
      },
    ],
    [
      'has a codec',
      accountWorker(
        revealing,
        'codec: { encode: ({ balance, seen }) => ({ balance, seen }), decode: ({ balance, seen }) => ({ balance, seen }) },',
      ),
      accountRule,
    ],
    ['is partition-local', accountWorker(revealing, "locality: 'partition',"), accountRule],
  ] as const)('one that %s', async (name, worker, rule) => {
    const local = name.includes('local') ? bookings(count, { keys: 4 }) : events;
    const f = use(local, worker);
    const service = played(local, except(count, planted), rule as ServiceRule<Account>);
    const found = await told(
      await leftBehind(f, { outputs: service.outputs, live: { next: [200, 200], states: service.states } }),
    );
    expect(sorted(found.faults)).toEqual(faults);
    expect(found.diagnosis.live).toMatchObject({ unexplained: 0 });
  });

  it('one that deletes states', async () => {
    const closing = (n: number): boolean => n % 35 === 0;
    const worker = accountWorker(revealing).replace('return next;', 'return value.n % 35 === 0 ? deleted : next;');
    const rule: ServiceRule<Account> = {
      ...accountRule,
      next: (state, booking) => accountRule.next(state, booking),
    };
    const f = use(events, worker);
    const service = playedClosing(rule, closing, except(count, planted));
    const found = await told(
      await leftBehind(f, { outputs: service.outputs, live: { next: [200, 200], states: service.states } }),
    );
    expect(sorted(found.faults)).toEqual(faults);
    expect(found.diagnosis.live).toMatchObject({ unexplained: 0 });
  });

  it('one with `normalise`: what is volatile explains nothing', async () => {
    const f = use(events, accountWorker(revealing, 'normalise: ({ balance, seen }) => ({ balance, seen }),'));
    const service = played(events, except(count, planted), accountRule);
    const states = Object.fromEntries(
      Object.entries(service.states).map(([key, state]) => [key, { ...state, host: key }]),
    );
    const found = await told(await leftBehind(f, { outputs: service.outputs, live: { next: [200, 200], states } }));
    expect(sorted(found.faults)).toEqual(faults);
    expect(found.diagnosis.live).toMatchObject({ unexplained: 0 });
  });
});

/** A service that closes some accounts: the next event of the key finds a new one. */
function playedClosing(rule: ServiceRule<Account>, closes: (n: number) => boolean, handlings: readonly Handled[]) {
  let closed = false;
  const states = played<Account & { readonly closed?: boolean }>(events, handlings, {
    initial: rule.initial,
    next: (state, booking) => {
      const next = rule.next(state.closed === true ? rule.initial : state, booking);
      closed = closes(booking.n);
      return closed ? { ...next, closed } : next;
    },
    outputs: ({ balance, seen }, booking) => rule.outputs({ balance, seen }, booking),
  });
  return {
    ...states,
    states: Object.fromEntries(Object.entries(states.states).filter(([, state]) => state.closed !== true)),
  };
}
