import { createMemoryLog, defineWorker, type IncidentInputs, type MemoryEvent } from '@eventmend/core';

/** A booking between two accounts: what is not covered does not happen, so that the order matters. */
export interface Booking {
  readonly at: number;
  readonly partition: number;
  readonly offset: number;
  readonly from: string;
  readonly to: string;
  readonly cents: number;
  readonly note: { readonly text: string; readonly fee: number };
}

export interface Account {
  readonly cents: number;
  readonly bookings: number;
}

/** Bookings by a rule and a seed, in the order of their times, each a second apart. */
export function bookings(count: number, seed: number, partitions = 3): readonly Booking[] {
  let state = seed * 2_654_435_761;
  const next = (limit: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state >>> 8) % limit;
  };
  const offsets = Array<number>(partitions).fill(0);
  return Array.from({ length: count }, (_, index) => {
    const partition = next(partitions);
    const from = `a${next(12)}`;
    const to = `a${next(12)}`;
    const cents = 1 + next(500);
    const note = { text: `b${index}`, fee: next(3) };
    return { at: 1_767_225_600_000 + index * 1000, partition, offset: offsets[partition]!++, from, to, cents, note };
  });
}

const opening = 2000;
const start: Account = { cents: opening, bookings: 0 };

export const bank = defineWorker<Booking, Account>({
  name: 'bank',
  version: '1',
  keys: ({ value: { from, to } }) => (from === to ? [from] : [from, to]),
  evolve(states, { value }, context) {
    const changed = book((key) => states.get(key), value);
    for (const [key, state] of changed) {
      states.set(key, state);
      context.emit('balance', state.cents, { key });
    }
  },
  outputs: { balance: { kind: 'latest' } },
});

/** Forgets large bookings, and the fee of those from 100 to 199 cents. */
export const faultyBank = defineWorker<Booking, Account>({
  name: 'bank',
  version: '1-faulty',
  keys: ({ value: { from, to } }) => (from === to ? [from] : [from, to]),
  evolve(states, { value }, context) {
    if (value.cents >= 400) return;
    const isWithoutFee = value.cents >= 100 && value.cents < 200;
    const understood = isWithoutFee ? { ...value, note: { ...value.note, fee: 0 } } : value;
    for (const [key, state] of book((account) => states.get(account), understood)) {
      states.set(key, state);
      context.emit('balance', state.cents, { key });
    }
  },
  outputs: { balance: { kind: 'latest' } },
});

/** One booking by plain code, shared by worker and model: what is tested is what is made of it. */
export function book(
  read: (key: string) => Account | undefined,
  { from, to, cents, note: { fee } }: Booking,
): ReadonlyMap<string, Account> {
  const payer = read(from) ?? start;
  const isCovered = payer.cents >= cents + fee;
  const paid = { cents: isCovered ? payer.cents - cents - fee : payer.cents, bookings: payer.bookings + 1 };
  if (from === to) return new Map([[from, { ...paid, cents: isCovered ? payer.cents - fee : payer.cents }]]);
  const payee = read(to) ?? start;
  const got = { cents: isCovered ? payee.cents + cents : payee.cents, bookings: payee.bookings + 1 };
  return new Map([
    [from, paid],
    [to, got],
  ]);
}

export const topic = 'bookings';

export function bankInputs(events: readonly Booking[], partitions = 3): IncidentInputs {
  const records = events.map((booking): MemoryEvent => ({
    partition: booking.partition,
    offset: booking.offset,
    time: booking.at,
    key: booking.from,
    value: booking,
  }));
  const log = createMemoryLog({
    topic,
    partitions: Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    events: records,
  });
  return { worker: bank, logs: [log], incident: { name: 'bank' } };
}
