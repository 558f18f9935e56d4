import { createMemoryLog, defineWorker, type EventLog, type MemoryEvent } from '@eventmend/core';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

interface Payment {
  readonly type: 'deposit' | 'withdrawal' | 'transfer';
  readonly from: string;
  readonly to: string;
  readonly cents: number;
}

/** Payments that a balance does not cover are refused, and a refusal costs: what comes of them depends on their order. */
export const balances = defineWorker({
  name: 'balances',
  version: '1.0.0',
  keys: ({ value }: { readonly value: Payment }) => [value.from, value.to],
  initial: () => ({ cents: 20_000, refused: 0 }),
  evolve: (states, { value: { type, from, to, cents } }) => {
    const source = states.get(from);
    if (type === 'deposit') states.set(from, { ...source, cents: source.cents + cents });
    else if (source.cents < cents)
      states.set(from, { cents: source.cents - Math.min(source.cents, 50), refused: source.refused + 1 });
    else {
      states.set(from, { ...source, cents: source.cents - cents });
      if (type === 'transfer' && to !== from)
        states.set(to, { ...states.get(to), cents: states.get(to).cents + cents });
    }
  },
  measures: { cents: ({ cents }) => cents, refused: ({ refused }) => refused },
});

const hour = 3_600_000;
export const day = 24 * hour;
export const begin = Date.UTC(2026, 0, 5);

export interface SimulatedIncident {
  readonly whole: EventLog;
  readonly logWithGap: EventLog;
  /** The events of the log with the gap. */
  readonly known: readonly MemoryEvent[];
  readonly lost: number;
}

/** Some weeks of payments between accounts, busy by day and on some days more than on others, of which some hours are lost. */
export function simulateIncident(
  seed: number,
  { days = 32, perDay = 40, accounts = 10, gap = { from: 25 * day + 9 * hour, to: 25 * day + 15 * hour } } = {},
): SimulatedIncident {
  const generator = xoroshiro128plus(seed);
  const random = (): number => uniformFloat64(generator);
  const times: number[] = [];
  for (let today = 0; today < days; today++) {
    const busy = 0.5 + random();
    const count = Math.round(perDay * busy);
    // Two draws of which the mean is more often about noon.
    for (let at = 0; at < count; at++) times.push(begin + today * day + Math.floor(((random() + random()) / 2) * day));
  }
  times.sort((a, b) => a - b);
  const next = [0, 0];
  const events = times.map((time): MemoryEvent => {
    const account = (): string => `A-${Math.floor(random() ** 1.7 * accounts)}`;
    const [from, to] = [account(), account()];
    const type = random() < 0.35 ? 'deposit' : random() < 0.5 ? 'withdrawal' : 'transfer';
    const cents = Math.round(Math.exp(6 + 3 * random()));
    const partition = Number(from.slice(2)) % 2;
    return { partition, offset: next[partition]!++, time, key: from, value: { type, from, to, cents } };
  });
  const isLost = ({ time }: MemoryEvent): boolean => time! >= begin + gap.from && time! < begin + gap.to;
  const partitions = next.map((to, partition) => ({ partition, range: { from: 0, to } }));
  const known = events.filter((event) => !isLost(event));
  return {
    known,
    whole: createMemoryLog({ events }),
    logWithGap: createMemoryLog({ events: known, partitions }),
    lost: events.length - known.length,
  };
}
