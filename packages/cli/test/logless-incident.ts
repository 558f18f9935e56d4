import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hour = 3_600_000;
const begin = Date.UTC(2026, 2, 1);
/** A moment so many hours into the incident. */
export const at = (hours: number): string => new Date(begin + hours * hour).toISOString();

/** A payment an hour, on four accounts in turns; a payment that an account does not cover empties it. */
export const payments = Array.from({ length: 60 }, (_, n) => ({
  id: `b-${n}`,
  account: `A${(n * 7) % 4}`,
  at: at(n),
  cents: ((n * 31) % 50) - 20,
}));

export type Payment = (typeof payments)[number];

/** What the service should have come to behind some payments. */
export function statesBehind(some: readonly Payment[]): Record<string, { cents: number }> {
  const states: Record<string, { cents: number }> = {};
  for (const { account, cents } of some)
    states[account] = { cents: Math.max(0, (states[account]?.cents ?? 0) + cents) };
  return states;
}

interface Copy {
  readonly id: string;
  readonly behind: number;
  /** Null: nobody says when it was taken. */
  readonly takenAt: string | null;
  /** Whether it says how far it had read. */
  readonly isPlaced?: boolean;
}

export interface LoglessSurvivors {
  readonly rows?: readonly Payment[];
  /** Lines of the source of records. */
  readonly records?: readonly string[];
  readonly copies?: readonly Copy[];
  /** The states that the live service has now, where it stands at offset 60. */
  readonly live?: Record<string, { cents: number }>;
  readonly locality?: 'partition';
  /** More of the incident file. */
  readonly yaml?: string;
}

/** An incident of which no log is left. */
export function writeLoglessIncident(folder: string, survived: LoglessSurvivors): void {
  const { rows, records = [], copies = [], live, locality, yaml = '' } = survived;
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
  };
  write(
    'worker.mjs',
    `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts',
  version: '1.0.0',
  ${locality === undefined ? '' : `locality: '${locality}',`}
  key: ({ value }) => value.account,
  initial: () => ({ cents: 0 }),
  measures: { cents: ({ cents }) => cents },
  evolve: ({ cents }, { value }) => ({ cents: Math.max(0, cents + value.cents) }),
});
`,
  );
  const named: string[] = [];
  if (rows !== undefined) {
    write(
      'bank.csv',
      ['id,account,at,cents', ...rows.map((row) => [row.id, row.account, row.at, row.cents].join(','))].join('\n') +
        '\n',
    );
    named.push(
      'records:',
      '  - name: bank',
      '    csv: bank.csv',
      '    mapping: { id: id, key: account, time: { column: at }, amount: { column: cents } }',
      '    stands_for:',
      '      topic: payments',
      '      match: { id: value.id, key: value.account, within: 1s, amount: { path: value.cents } }',
      '    use: events',
      ...records.map((line) => `    ${line}`),
      '    event:',
      '      key: { mapped: key }',
      '      value: { columns: { id: { mapped: id }, account: { mapped: key }, cents: { mapped: amount } } }',
    );
  }
  for (const copy of copies) write(`${copy.id}.ndjson`, snapshotOf(copy));
  if (copies.length > 0) named.push('snapshots:', ...copies.map(({ id }) => `  - ${id}.ndjson`));
  if (live !== undefined) {
    const position = [{ topic: 'payments', partition: 0, next: '60' }];
    write('live.ndjson', sealed({ id: 'live', taken_at: at(60), position }, live));
    named.push('live: { state: live.ndjson }');
  }
  write(
    'accounts.incident.yaml',
    ['format_version: 1', 'name: accounts', 'worker: ./worker.mjs', `onset: ${at(48)}`, ...named, yaml].join('\n'),
  );
}

function snapshotOf({ id, behind, takenAt, isPlaced = false }: Copy): string {
  const position = [{ topic: 'payments', partition: 0, next: String(behind) }];
  const header = { id, ...(takenAt !== null && { taken_at: takenAt }), ...(isPlaced && { position }) };
  return sealed(header, statesBehind(payments.slice(0, behind)));
}

function sealed(header: object, states: Record<string, unknown>): string {
  const rows = Object.entries(states).map(([key, state]) => ({ key, state }));
  const lines = [{ format_version: 1, kind: 'snapshot', ...header }, ...rows];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return `${text}${JSON.stringify({ end: true, keys: rows.length, sha256 })}\n`;
}
