import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Payment {
  readonly lane: number;
  readonly offset: number;
  readonly at: string;
  readonly id: string;
  readonly account: string;
  readonly cents: number;
}

const minute = 60_000;
const begin = Date.UTC(2026, 2, 1);

/** A payment a minute, in two partitions in turns; an account stays in its partition. */
export const payments: readonly Payment[] = Array.from({ length: 4000 }, (_, n) => ({
  lane: n % 2,
  offset: Math.floor(n / 2),
  at: new Date(begin + n * minute).toISOString(),
  id: `b-${n}`,
  account: `a${n % 2}-${(Math.floor(n / 2) * 7) % 11}`,
  cents: ((n * 31) % 50) - 20,
}));

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts',
  version: '1.0.0',
  locality: 'partition',
  key: ({ value }) => value.account,
  initial: () => ({ cents: 0 }),
  measures: { cents: ({ cents }) => cents },
  evolve: ({ cents }, { value }) => ({ cents: Math.max(0, cents + value.cents) }),
});
`;

const records = `records:
  - name: bank
    csv: bank.csv
    mapping: { id: id, key: account, time: { column: at }, amount: { column: cents } }
    stands_for:
      topic: payments
      match: { id: value.id, key: value.account, within: 5m, amount: { path: value.cents } }
    from: 2026-03-01T00:00:00Z
    use: events
    event:
      key: { mapped: key }
      value: { columns: { id: { mapped: id }, account: { mapped: key }, cents: { mapped: amount } } }
`;

export interface Survived {
  /** Only so many payments were ever made: all where absent. */
  readonly made?: number;
  /** Of partition 1, in the log: all where absent. */
  readonly isLost?: (payment: Payment) => boolean;
  /** The service's state behind so many payments, as a snapshot. */
  readonly snapshotBehind?: number;
  /** The bank's list has these payments; there is no list where absent. */
  readonly isRecorded?: (payment: Payment) => boolean;
  readonly yaml?: string;
}

/** An incident of which some resources survived. */
export function writeIncident(folder: string, survived: Survived): void {
  const { made, isLost = () => false, snapshotBehind, isRecorded, yaml = '' } = survived;
  const all = payments.slice(0, made);
  const lines = all.filter((payment) => !isLost(payment)).map((payment) => JSON.stringify(payment));
  writeFileSync(join(folder, 'payments.ndjson'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'worker.mjs'), worker);
  const rows = all
    .filter(isRecorded ?? (() => true))
    .map(({ id, account, at, cents }) => [id, account, at, cents].join(','));
  if (isRecorded !== undefined) writeFileSync(join(folder, 'bank.csv'), `id,account,at,cents\n${rows.join('\n')}\n`);
  if (snapshotBehind !== undefined) writeSnapshot(folder, snapshotBehind);
  writeFileSync(
    join(folder, 'accounts.incident.yaml'),
    `format_version: 1
name: accounts
worker: ./worker.mjs
log:
  ndjson: payments.ndjson
  mapping: { topic: payments, partition: lane, offset: offset, key: account, time: at }
onset: 2026-03-03T00:00:00Z
${snapshotBehind === undefined ? '' : 'snapshots: c-1.ndjson\n'}${isRecorded === undefined ? '' : records}${yaml}`,
  );
}

/** What the service should have come to behind some payments. */
export function statesBehind(count: number): Record<string, { cents: number }> {
  const states: Record<string, { cents: number }> = {};
  for (const { account, cents } of payments.slice(0, count)) {
    states[account] = { cents: Math.max(0, (states[account]?.cents ?? 0) + cents) };
  }
  return states;
}

function writeSnapshot(folder: string, count: number): void {
  const header = {
    format_version: 1,
    kind: 'snapshot',
    id: 'c-1',
    taken_at: payments[count - 1]?.at,
    position: [0, 1].map((partition) => ({
      topic: 'payments',
      partition,
      next: String(payments.slice(0, count).filter(({ lane }) => lane === partition).length),
    })),
  };
  const rows = Object.entries(statesBehind(count)).map(([key, state]) => ({ key, state }));
  const text = [header, ...rows].map((line) => `${JSON.stringify(line)}\n`).join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(folder, 'c-1.ndjson'), `${text}${JSON.stringify({ end: true, keys: rows.length, sha256 })}\n`);
}
