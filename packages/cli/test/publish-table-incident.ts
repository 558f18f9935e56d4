import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { movements, type Movement } from './publish-incident.js';

/** A row of the service's table of outputs. */
export interface SentRow {
  readonly id: string;
  readonly kind: 'moved' | 'fee' | 'balance' | 'turnover' | 'mail';
  readonly account: string;
  readonly body: unknown;
  readonly of: Movement;
}

const worker = `import { defineWorker } from '@eventmend/core';

export default defineWorker({
  name: 'movements',
  version: '1.0.1',
  locality: 'partition',
  key: ({ value }) => value.account,
  initial: () => ({ cents: 0 }),
  outputs: {
    moved: { kind: 'event' },
    fee: { kind: 'event', retract: (value) => ({ undo: value }) },
    balance: { kind: 'latest' },
    turnover: { kind: 'delta' },
    mail: { kind: 'effect' },
  },
  evolve(state, { value, partition, offset }, context) {
    const cents = state.cents + value.cents;
    const emit = (name, body) => context.emit(name, body, { id: \`\${partition}-\${offset}-\${name}\` });
    emit('moved', { cents: value.cents });
    if (value.cents > 3000) emit('fee', { cents: 25 });
    emit('balance', { cents });
    emit('turnover', { cents: Math.abs(value.cents) / 7 });
    if (value.cents > 3500) emit('mail', { to: value.account });
    return { cents };
  },
});
`;

const all = movements(300);

/** What the handler gives, written once more. */
export function rightRows(): SentRow[] {
  const balances = new Map<string, number>();
  return all.flatMap((of) => {
    const { partition, offset, account } = of;
    const cents = (balances.get(account) ?? 0) + of.cents;
    balances.set(account, cents);
    const one = (kind: SentRow['kind'], body: unknown): SentRow => ({
      id: `${partition}-${offset}-${kind}`,
      kind,
      account,
      body,
      of,
    });
    return [
      one('moved', { cents: of.cents }),
      ...(of.cents > 3000 ? [one('fee', { cents: 25 })] : []),
      one('balance', { cents }),
      one('turnover', { cents: Math.abs(of.cents) / 7 }),
      ...(of.cents > 3500 ? [one('mail', { to: account })] : []),
    ];
  });
}

const lastOf = new Map(all.map((of) => [of.account, of]));
export const isLast = ({ kind, of }: SentRow): boolean => kind === 'balance' && lastOf.get(of.account) === of;

/** What the faulty service wrote: some missed, some wrong, and fees that nobody owed. */
export function faultyRows(): SentRow[] {
  return rightRows().flatMap((row) => {
    const turn = (row.of.offset + row.of.partition) % 20;
    if (isLast(row) && Number(row.account.slice(1)) % 5 === 1) return [{ ...row, body: { cents: -7 } }];
    if (isLast(row) && Number(row.account.slice(1)) % 5 === 2) return [];
    if (turn === 7 && row.kind !== 'balance') return [];
    if (turn === 12 && row.kind === 'turnover') return [{ ...row, body: { cents: 0.1 } }];
    if (turn === 12 && row.kind === 'moved') {
      const fee = { ...row, id: `${row.of.partition}-${row.of.offset}-fee`, kind: 'fee', body: { cents: 99 } } as const;
      return [{ ...row, body: { cents: 1 } }, ...(row.of.cents > 3000 ? [] : [fee])];
    }
    return [row];
  });
}

/** @param database the lines that say where the table is, such as `sqlite: shop.db` */
export function writeTableIncident(folder: string, database: string, value = '{ column: body, type: json }'): void {
  writeFileSync(join(folder, 'worker.mjs'), worker);
  writeFileSync(
    join(folder, 'log.ndjson'),
    all
      .map(
        ({ partition, offset, account, cents, time }) =>
          JSON.stringify({ partition, offset, key: account, time, value: { account, cents } }) + '\n',
      )
      .join(''),
  );
  writeFileSync(
    join(folder, 'movements.incident.yaml'),
    `format_version: 1
name: movements
worker: ./worker.mjs
log:
  ndjson: [log.ndjson]
  mapping: { source: movements-log, topic: movements, partition: partition, offset: offset, key: key, time: { column: time, unit: milliseconds }, value: { column: value } }
live:
  outputs:
    ${database}
    table: sent
    mapping:
      output: { column: kind }
      key: account
      value: ${value}
      id: id
      event: { topic: { column: topic }, partition: part, offset: at_offset }
    order: partition
store: .store
`,
  );
}

/** The columns of the table in an order of their own, with how a row stands in them as SQL. */
export const columnsOfTable = (json: string): string =>
  `(note text DEFAULT 'of the service', id text PRIMARY KEY, kind text NOT NULL, account text NOT NULL, body ${json}, topic text, part int, at_offset bigint)`;

export const valuesOf = (rows: readonly SentRow[]): string =>
  rows
    .map(
      ({ id, kind, account, body, of }) =>
        `('${id}', '${kind}', '${account}', '${JSON.stringify(body)}', 'movements', ${of.partition}, ${of.offset})`,
    )
    .join(', ');
