import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const hour = 3_600_000;
const start = Date.UTC(2026, 2, 1);
const names = ['DE0', 'DE1', 'DE2'];

/** A payment an hour, of accounts in turn; the log has lost those of the hours 12 to 17. */
const payments = Array.from({ length: 30 }, (_, n) => ({ n, account: names[n % 3] ?? '', cents: 100 + n }));

function balance(account: string, untilHour: number): number {
  return payments
    .filter((payment) => payment.account === account && payment.n <= untilHour)
    .reduce((sum, { cents }) => sum + cents, 0);
}

const euros = (cents: number): string => (cents / 100).toFixed(2).replace('.', ',');
const at = (hours: number): string => new Date(start + hours * hour).toISOString();

function write(name: string, ...lines: readonly string[]): void {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
}

/** What the bank says: balances at half past, as a statement has them. */
function statement(...rows: readonly (readonly [account: string, hours: number, off?: number])[]): void {
  const line = ([account, hours, off = 0]: (typeof rows)[number]): string =>
    `${account};${at(hours + 0.5)};${euros(balance(account, hours) + off)}`;
  write('balances.csv', 'Konto;Zeit;Saldo', ...rows.map(line));
}

function files(): void {
  write(
    'accounts.mjs',
    `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts', version: '1.0.0',
  key: ({ value }) => value.account, initial: () => ({ cents: 0 }),
  evolve: ({ cents }, { value }) => ({ cents: cents + value.cents }),
  measures: { cents: ({ cents }) => cents },
  invariants: { 'no overdraft': ({ cents }) => cents >= 0 || 'overdrawn', whole: ({ cents }) => Number.isInteger(cents) },
});`,
  );
  write(
    'payments.ndjson',
    ...payments
      .filter(({ n }) => n < 12 || n >= 18)
      .map(({ n, ...value }) =>
        JSON.stringify({ topic: 'payments', partition: 0, offset: String(n), timestamp: start + n * hour, value }),
      ),
  );
  write(
    'before.ndjson',
    JSON.stringify({
      format_version: 1,
      kind: 'snapshot',
      id: 'before',
      taken_at: at(6),
      position: [{ topic: 'payments', partition: 0, next: '7' }],
    }),
    ...names.map((key) => JSON.stringify({ key, state: { cents: balance(key, 6) } })),
  );
  write(
    'closing.csv',
    'Zeit;Summe',
    `${at(6)};${euros(names.reduce((sum, key) => sum + balance(key, 6), 0))}`,
    `${at(8)};1,00`,
  );
  write(
    'bank.incident.yaml',
    `format_version: 1
name: bank
worker: ./accounts.mjs
log: { ndjson: payments.ndjson }
onset: ${at(6.1)}
snapshots: before.ndjson
records:
  - name: closing
    csv: closing.csv
    delimiter: ';'
    mapping: { time: Zeit, amount: { column: Summe, decimal: comma } }
    use: totals
    total: { measure: cents, factor: 100, of: the bank }
  - name: balances
    csv: balances.csv
    delimiter: ';'
    mapping: { key: Konto, time: Zeit, amount: { column: Saldo, decimal: comma } }
    use: facts
    fact: { state: { columns: { cents: { mapped: amount } } }, factor: 100, within: 1m }`,
  );
}

const run = (...words: string[]) => runEventmend(folder, words);

it('balances and totals of a bank are examined, planned with, set, verified and exported', async () => {
  files();
  statement(['DE1', 9], ['DE2', 10], ['DE0', 19], ['DE1', 20], ['DE2', 14]);
  const doctor = await run('doctor');
  expect(doctor.out.replace(/\s+/g, ' ')).toMatch(
    /5 rows of \S*balances\.csv about 3 keys: agrees with 2 of 2 known states/,
  );
  expect(doctor.out.replace(/\s+/g, ' ')).toMatch(/2 totals of cents in \S*closing\.csv/);
  expect(doctor.code).toBe(0);

  const plan = await run('plan', '--strategy', 'checkpoint');
  const words = plan.out.replace(/\s+/g, ' ');
  expect(words).toContain('facts balances agrees with 2 of 2 known states; 3 facts set 3 keys');
  expect(words).toContain(
    'totals 2 totals of closing: 1 of 1 say what the snapshots of their moment come to; 1 unused: of a moment that is that of no snapshot, nor of the target',
  );
  expect(words).toContain('fact 3 states that other systems tell, external');

  const recovered = await run('recover', '--strategy', 'checkpoint', '--yes', '--json');
  const { run: report } = publishedSchemas['recover.output'].parse(JSON.parse(recovered.out));
  expect(report?.facts).toEqual([{ records: 'balances', facts: 3, keys: 3 }]);
  expect(report?.totals).toMatchObject({ applied: 17, unavailable: 6 });
  const id = report?.runId ?? '';
  const verified = await run('verify', id);
  const checks = verified.out.replace(/\s+/g, ' ');
  expect(checks).toContain('invariants 2 of 2 invariants hold');
  expect(checks).toContain('1 total of the bank unused');
  expect(verified.code).toBe(0);
  expect((await run('runs', id)).out.replace(/\s+/g, ' ')).not.toContain('stand-ins');

  await run('export', id, '--what', 'state', '--out', 'state.ndjson');
  const states = readFileSync(join(folder, 'state.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; state: { cents: number }; fidelity: string; causes: string[] });
  const byKey = new Map(states.map((row) => [row.key, row]));
  for (const key of ['DE0', 'DE1']) {
    expect(byKey.get(key)).toMatchObject({ state: { cents: balance(key, 29) }, fidelity: 'external' });
    expect(byKey.get(key)?.causes).toContainEqual(expect.stringMatching(/^fact \d+$/));
  }
  // The bank speaks of a moment inside of what is lost: the payment of hour 17 is missing.
  expect(byKey.get('DE2')).toMatchObject({ state: { cents: balance('DE2', 29) - 117 }, fidelity: 'incomplete' });
});

it('balances that are wrong about what is known are named, and not used', async () => {
  files();
  statement(['DE1', 9, 1], ['DE0', 19]);
  const { out } = await run('plan', '--strategy', 'checkpoint');
  const words = out.replace(/\s+/g, ' ');
  expect(words).toContain('no fact is used: it agrees with less than 99 % of what is known');
  const right = balance('DE1', 9);
  const cents = (amount: number): string => `\\{"cents":${amount}\\}`;
  expect(words).toMatch(
    new RegExp(`DE1 at 2026-03-01T09:30:00\\S* it says ${cents(right + 1)}, rebuilt it is ${cents(right)}`),
  );
  const document: unknown = JSON.parse((await run('plan', '--strategy', 'checkpoint', '--json')).out);
  expect(publishedSchemas['plan.output'].parse(document).plan.facts).toMatchObject([
    { records: 'balances', unusable: 'disagrees', rows: { used: 0, differing: 1, disbelieved: 1 } },
  ]);
});

it('a snapshot that breaks an invariant, or a total, is named and passed over', async () => {
  files();
  statement(['DE1', 9]);
  write('closing.csv', 'Zeit;Summe', `${at(6)};1,00`);
  // The beginning of the log is lost too, so that nothing proves the snapshot.
  write('payments.ndjson', ...readFileSync(join(folder, 'payments.ndjson'), 'utf8').trim().split('\n').slice(8));
  const total = (await run('plan', '--strategy', 'checkpoint')).out.replace(/\s+/g, ' ');
  expect(total).toContain('baseline the beginning of the log');
  expect(total).toMatch(/its cents is \d+, and the bank says 100/);
  const snapshot = join(folder, 'before.ndjson');
  writeFileSync(snapshot, readFileSync(snapshot, 'utf8').replace(/\{"cents":\d+\}/, '{"cents":-5}'));
  const invariant = (await run('plan', '--strategy', 'checkpoint')).out.replace(/\s+/g, ' ');
  expect(invariant).toContain('it breaks the invariant no overdraft: 1 key, such as "DE0"');
});
