/**
 * A small bank whose service went wrong for a while, played by a plain loop that uses nothing of the engine: a withdrawal is
 * refused where the balance does not suffice, and interest multiplies, so that the order of the events matters.
 */
export interface BankEvent {
  readonly partition: number;
  readonly offset: number;
  readonly time: number;
  readonly key: string;
  readonly value: {
    readonly type: 'deposit' | 'withdrawal' | 'interest';
    readonly amount: number;
    readonly id: string;
  };
}

export interface Account {
  readonly balance: number;
  readonly events: number;
}

interface BankSnapshot {
  readonly id: string;
  readonly takenAt: number;
  readonly next: readonly number[];
  readonly rows: readonly { readonly key: string; readonly state: Account }[];
}

export interface DamagedBank {
  readonly events: readonly BankEvent[];
  /** What every account should hold at the end. */
  readonly truth: ReadonlyMap<string, Account>;
  /** What the service holds. */
  readonly live: ReadonlyMap<string, Account>;
  readonly snapshots: readonly BankSnapshot[];
  readonly onset: number;
  readonly next: readonly number[];
}

export interface BankSettings {
  readonly seed: number;
  readonly partitions: number;
  readonly accounts: number;
  readonly events: number;
  /** How often the faulty service leaves an event out, or handles it twice. */
  readonly faultRate: number;
  readonly snapshotEvery: number;
}

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function applyToAccount(account: Account | undefined, { type, amount }: BankEvent['value']): Account {
  const { balance, events } = account ?? { balance: 0, events: 0 };
  if (type === 'deposit') return { balance: balance + amount, events: events + 1 };
  if (type === 'interest') return { balance: balance + Math.floor((balance * amount) / 1000), events: events + 1 };
  return { balance: balance >= amount ? balance - amount : balance, events: events + 1 };
}

const firstTime = Date.UTC(2026, 10, 1);
const minute = 60_000;

export function playBank({
  seed,
  partitions,
  accounts,
  events: count,
  faultRate,
  snapshotEvery,
}: BankSettings): DamagedBank {
  const random = randomNumbers(seed);
  const events: BankEvent[] = [];
  const next = Array.from({ length: partitions }, () => 0);
  const truth = new Map<string, Account>();
  const live = new Map<string, Account>();
  const snapshots: BankSnapshot[] = [];
  const onsetAt = Math.floor(count * 0.6);
  for (let number = 0; number < count; number++) {
    // Few accounts have most of the events.
    const account = Math.floor(random() ** 2 * accounts);
    const partition = account % partitions;
    const kind = random();
    const type = kind < 0.55 ? 'deposit' : kind < 0.9 ? 'withdrawal' : 'interest';
    const event: BankEvent = {
      partition,
      offset: next[partition] ?? 0,
      time: firstTime + number * minute,
      key: `account-${account}`,
      value: { type, amount: 1 + Math.floor(random() * 100), id: `e-${number}` },
    };
    events.push(event);
    next[partition] = event.offset + 1;
    truth.set(event.key, applyToAccount(truth.get(event.key), event.value));
    const fault = number >= onsetAt && random() < faultRate ? (random() < 0.7 ? 'missed' : 'twice') : 'none';
    const times = fault === 'missed' ? 0 : fault === 'twice' ? 2 : 1;
    for (let time = 0; time < times; time++) live.set(event.key, applyToAccount(live.get(event.key), event.value));
    if ((number + 1) % snapshotEvery === 0) {
      snapshots.push({
        id: `s-${String(number + 1).padStart(6, '0')}`,
        takenAt: event.time,
        next: [...next],
        rows: [...live].map(([key, state]) => ({ key, state })),
      });
    }
  }
  return { events, truth, live, snapshots, onset: firstTime + onsetAt * minute, next };
}
