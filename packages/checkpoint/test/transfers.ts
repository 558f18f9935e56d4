import { defineWorker, type Worker, type WorkerDefinition } from '@eventmend/core';
import type { Random } from './plain-live.js';

/**
 * Accounts between which money moves, and a service that goes wrong for a while, played by a plain loop. A transfer is refused
 * where the balance does not suffice and interest multiplies, so that the order matters and errors travel.
 */
export interface Transfer {
  readonly partition: number;
  readonly offset: number;
  readonly time: number;
  readonly value: { readonly from: string; readonly to?: string; readonly amount: number; readonly interest?: true };
}

export type Balances = ReadonlyMap<string, number>;

export interface TransferSnapshot {
  readonly id: string;
  readonly takenAt: number;
  readonly next: readonly number[];
  readonly states: Balances;
  /** What the service should have held then. */
  readonly truth: Balances;
}

export interface TransferWorld {
  readonly locality: 'partition' | 'global';
  readonly events: readonly Transfer[];
  /** Those that a log still has. */
  readonly kept: readonly Transfer[];
  readonly next: readonly number[];
  readonly truth: Balances;
  readonly live: Balances;
  readonly snapshots: readonly TransferSnapshot[];
  /** When the service really went wrong. */
  readonly onset: number;
}

function keysOfTransfer({ value: { from, to } }: Pick<Transfer, 'value'>): readonly string[] {
  return to === undefined || to === from ? [from] : [from, to];
}

export function applyTransfer(balances: Map<string, number>, { value }: Pick<Transfer, 'value'>): void {
  const { from, to, amount, interest } = value;
  const before = balances.get(from) ?? 0;
  if (interest === true) balances.set(from, before + Math.floor((before * amount) / 50));
  else if (to === undefined) balances.set(from, before + amount);
  else if (before >= amount && to !== from) {
    balances.set(from, before - amount);
    balances.set(to, (balances.get(to) ?? 0) + amount);
  }
}

export function transferWorker(
  locality: 'partition' | 'global',
  more: Pick<WorkerDefinition<Transfer['value'], number>, 'eventType' | 'measures' | 'invariants'> = {},
): Worker {
  return defineWorker<Transfer['value'], number>({
    ...more,
    name: 'transfers',
    version: '1.0.0',
    locality,
    keys: ({ value }) => keysOfTransfer({ value }),
    initial: () => 0,
    outputs: { balance: { kind: 'latest' } },
    evolve(states, { value: { from, to, amount, interest } }, context) {
      const before = states.get(from);
      if (interest === true) states.set(from, before + Math.floor((before * amount) / 50));
      else if (to === undefined) states.set(from, before + amount);
      else if (before >= amount && to !== from) {
        states.set(from, before - amount);
        states.set(to, states.get(to) + amount);
      }
      context.emit('balance', states.get(from));
    },
  });
}

const minute = 60_000;
const firstTime = Date.UTC(2026, 10, 1);

/** A world that the numbers of a seed determine. */
export function playTransfers(random: Random): TransferWorld {
  const partitions = 2 + random.below(3);
  const locality = random.chance(0.8) ? 'partition' : 'global';
  const names = Array.from({ length: partitions }, (_, partition) =>
    Array.from({ length: 3 + random.below(8) }, (__, number) => `account-${partition}-${number}`),
  );
  const count = 80 + random.below(240);
  const onsetAt = Math.floor(count * (0.15 + random.below(40) / 100));
  const faultRate = 0.02 + random.below(10) / 100;
  const snapshotEvery = 15 + random.below(40);
  // Where few transfers happen, fewer accounts hang together.
  const transfers = random.chance(0.3) ? 0 : 0.05 + random.below(30) / 100;
  const next = Array.from({ length: partitions }, () => 0);
  const truth = new Map<string, number>();
  const live = new Map<string, number>();
  const events: Transfer[] = [];
  const snapshots: TransferSnapshot[] = [];
  for (let number = 0; number < count; number++) {
    const partition = random.below(partitions);
    const own = names[partition] ?? [];
    const from = random.pick(own);
    const others = locality === 'partition' ? own : names.flat();
    const value = random.chance(transfers)
      ? { from, to: random.pick(others), amount: 1 + random.below(60) }
      : random.chance(0.2)
        ? { from, amount: 1 + random.below(9), interest: true as const }
        : { from, amount: 1 + random.below(90) };
    const event = { partition, offset: next[partition] ?? 0, time: firstTime + number * minute, value };
    next[partition] = event.offset + 1;
    events.push(event);
    applyTransfer(truth, event);
    const times = number >= onsetAt && random.chance(faultRate) ? random.pick([0, 0, 2]) : 1;
    for (let time = 0; time < times; time++) applyTransfer(live, event);
    if ((number + 1) % snapshotEvery === 0) {
      snapshots.push({
        id: `s-${String(number + 1).padStart(4, '0')}`,
        takenAt: event.time,
        next: [...next],
        states: new Map(live),
        truth: new Map(truth),
      });
    }
  }
  const lost = next.map((end) => {
    if (random.chance(0.45) || end === 0) return null;
    const from = random.chance(0.3) ? 0 : random.below(end);
    return { from, to: from + 1 + random.below(Math.max(1, Math.floor((end - from) * 0.7))) };
  });
  const kept = events.filter(({ partition, offset }) => {
    const stretch = lost[partition] ?? null;
    return stretch === null || offset < stretch.from || offset >= stretch.to;
  });
  return { locality, events, kept, next, truth, live, snapshots, onset: firstTime + onsetAt * minute };
}

/** A recovery that begins at one state: what is still there behind it, in order. */
export function recoverPlainly(
  { kept }: TransferWorld,
  begin: { readonly next: readonly number[]; readonly states: Balances },
  target: readonly number[],
): Balances {
  const balances = new Map(begin.states);
  for (const event of kept) {
    const { partition, offset } = event;
    if (offset >= (begin.next[partition] ?? 0) && offset < (target[partition] ?? 0)) applyTransfer(balances, event);
  }
  return balances;
}
