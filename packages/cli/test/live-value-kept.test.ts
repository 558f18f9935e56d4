import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const accounts = Array.from({ length: 12 }, (_, number) => `acc-${number}`);
const [events, taken, lost] = [240, 100, 200];

/** Each names one account, but for the one that is lost: a fee of all of them. */
const valueOf = (n: number): object =>
  n === lost ? { accounts, cents: -3 } : { accounts: [accounts[(n * 7) % 12]], cents: 100 + n };

function balances(count: number): Record<string, { cents: number }> {
  const states: Record<string, { cents: number }> = {};
  for (let n = 0; n < count; n++) {
    const { accounts: named, cents } = valueOf(n) as { accounts: string[]; cents: number };
    for (const name of named) states[name] = { cents: (states[name]?.cents ?? 0) + cents };
  }
  return states;
}

const write = (name: string, rows: readonly object[]): void => {
  writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
};

function writeStates(id: string, count: number): void {
  const position = [{ topic: 't', partition: 0, next: String(count) }];
  const header = { format_version: 1, kind: 'snapshot', id, taken_at: new Date(1000 + count - 1), position };
  write(`${id}.ndjson`, [header, ...Object.entries(balances(count)).map(([key, state]) => ({ key, state }))]);
}

it('right live values stay where the one lost event named every key, though each known event names one', async () => {
  const rows = Array.from({ length: events }, (_, n) => {
    return { topic: 't', partition: 0, offset: String(n), timestamp: 1000 + n, key: null, value: valueOf(n) };
  });
  write(
    'events.ndjson',
    rows.filter((_, n) => n !== lost),
  );
  writeStates('before', taken);
  writeStates('live', events);
  writeFileSync(
    join(folder, 'worker.ts'),
    `import { defineWorker } from '@eventmend/core';
interface Booking { readonly accounts: readonly string[]; readonly cents: number }
export default defineWorker<Booking, { readonly cents: number }>({
  name: 'accounts',
  version: '1.0.0',
  locality: 'partition',
  keys: ({ value }) => value.accounts,
  evolve(states, { value }) {
    for (const name of value.accounts) states.set(name, { cents: (states.get(name)?.cents ?? 0) + value.cents });
  },
});
`,
  );
  writeFileSync(
    join(folder, 'accounts.incident.yaml'),
    `format_version: 1
name: accounts
worker: ./worker.ts
log: { ndjson: ./events.ndjson }
onset: 1970-01-01T00:00:01.150Z
snapshots: ./before.ndjson
live: { state: ./live.ndjson }
`,
  );
  const { code, out, err } = await runEventmend(folder, ['recover', '--yes', '--json']);
  expect(code, err).toBe(0);
  const { run } = JSON.parse(out) as { readonly run: { readonly runId: string } };
  expect((await runEventmend(folder, ['export', run.runId, '--what', 'state', '--out', 'state.ndjson'])).code).toBe(0);
  const exported = readFileSync(join(folder, 'state.ndjson'), 'utf8').trim().split('\n');
  const states = exported.map((line) => JSON.parse(line) as { key?: string; state: unknown }).filter(({ key }) => key);
  expect(Object.fromEntries(states.map(({ key, state }) => [key, state]))).toEqual(balances(events));
});
