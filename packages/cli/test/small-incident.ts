import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallEvent {
  readonly lane: number;
  readonly at: string;
  readonly account: string;
  readonly amount: number;
}

/** Events of a few accounts in two partitions, by a rule and not by chance. */
export function smallEvents(count: number): SmallEvent[] {
  return Array.from({ length: count }, (_, n) => ({
    lane: (n * 5 + Math.floor(n / 3)) % 2,
    at: new Date(Date.UTC(2026, 2, 1) + n * 1000).toISOString(),
    account: `a${(n * 7) % 11}`,
    amount: ((n * 31) % 50) - 20,
  }));
}

/** A worker whose result depends on the order: a balance that never falls below zero. */
export const balanceWorker = `import { defineWorker } from '@eventmend/core';

interface Booking { readonly account: string; readonly amount: number }

export default defineWorker<Booking, { balance: number; bookings: number }>({
  name: 'balances',
  version: '1.0.0',
  key: (event) => event.value.account,
  initial: () => ({ balance: 0, bookings: 0 }),
  outputs: { balance: { kind: 'latest' } },
  evolve(state, event, context) {
    /* MORE */
    const balance = Math.max(0, state.balance + event.value.amount);
    context.emit('balance', balance);
    return { balance, bookings: state.bookings + 1 };
  },
});
`;

/** What the worker must come to: a plain loop in the order of the times. */
export function expectedBalances(events: readonly SmallEvent[]): Record<string, { balance: number; bookings: number }> {
  const states: Record<string, { balance: number; bookings: number }> = {};
  for (const { account, amount } of events) {
    const { balance, bookings } = states[account] ?? { balance: 0, bookings: 0 };
    states[account] = { balance: Math.max(0, balance + amount), bookings: bookings + 1 };
  }
  return states;
}

export interface SmallIncident {
  readonly events: readonly SmallEvent[];
  readonly more?: string;
  readonly lines?: readonly string[];
  readonly yaml?: string;
}

/** Writes worker, events and incident file into a folder. */
export function writeSmallIncident(folder: string, { events, more = '', lines, yaml = '' }: SmallIncident): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'worker.ts'), balanceWorker.replace('/* MORE */', more));
  writeFileSync(
    join(folder, 'events.ndjson'),
    (lines ?? events.map((event) => JSON.stringify(event))).join('\n') + '\n',
  );
  writeFileSync(
    join(folder, 'small.incident.yaml'),
    `format_version: 1
name: small
worker: ./worker.ts
log:
  ndjson: events.ndjson
  mapping: { topic: bookings, partition: lane, key: account, time: at }
${yaml}`,
  );
}
