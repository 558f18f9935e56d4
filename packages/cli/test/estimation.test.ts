import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { ReportJson } from '../src/documents/report-document.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const hour = 3_600_000;
const begin = Date.UTC(2026, 0, 5);

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts',
  version: '1.0.0',
  key: ({ key }) => key,
  initial: () => ({ cents: 0, refused: 0 }),
  evolve: ({ cents, refused }, { value }) =>
    cents + value.cents < 0 ? { cents, refused: refused + 1 } : { cents: cents + value.cents, refused },
  measures: { cents: ({ cents }) => cents },
});
`;

/** A payment an hour, some of them out; six hours are lost on the 25th day. */
function writeIncident(isLost: (offset: number) => boolean, isChecked = false): void {
  const lines = Array.from({ length: 24 * 28 }, (_, offset) => {
    const record = { topic: 'payments', partition: 0, offset: String(offset), timestamp: begin + offset * hour };
    const { key, cents } = paymentAt(offset);
    return JSON.stringify({ ...record, key, value: { cents } });
  }).filter((_, offset) => !isLost(offset));
  writeFileSync(join(folder, 'payments.ndjson'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'accounts.mjs'), worker);
  writeFileSync(join(folder, 'healthy.ndjson'), snapshotAfter(480));
  writeFileSync(
    join(folder, 'accounts.incident.yaml'),
    [
      'format_version: 1',
      'name: accounts',
      'worker: ./accounts.mjs',
      'log: { ndjson: payments.ndjson }',
      ...(isChecked ? ['snapshots: healthy.ndjson', 'onset: 2026-01-29T00:00:00Z'] : []),
    ].join('\n'),
  );
}

/** What the service wrote while it was right. */
function snapshotAfter(next: number): string {
  const states = new Map<string, { cents: number; refused: number }>();
  for (let offset = 0; offset < next; offset++) {
    const { key, cents } = paymentAt(offset);
    const before = states.get(key) ?? { cents: 0, refused: 0 };
    const isRefused = before.cents + cents < 0;
    states.set(
      key,
      isRefused ? { ...before, refused: before.refused + 1 } : { ...before, cents: before.cents + cents },
    );
  }
  const header = {
    ...{ format_version: 1, kind: 'snapshot', id: 'healthy' },
    taken_at: new Date(begin + (next - 0.5) * hour).toISOString(),
    position: [{ topic: 'payments', partition: 0, next: String(next) }],
  };
  return [header, ...[...states].map(([key, state]) => ({ key, state }))].map((row) => JSON.stringify(row)).join('\n');
}

const paymentAt = (offset: number) => ({
  key: `A-${(offset * 31) % 5}`,
  cents: ((offset * 7919) % 2003) - 900,
});

const run = (...words: string[]) => runEventmend(folder, words);

it('plans, recovers, verifies and exports over estimates, and says how far the sum may be off', async () => {
  writeIncident((offset) => offset >= 600 && offset < 606, true);
  const planned = await run('plan', 'accounts.incident.yaml', '--strategy', 'estimation', '--out', 'p.json');
  expect(planned.err).not.toMatch(/^error/m);
  expect(planned.out).toMatch(/estimation, 1 partition/);
  expect(planned.out).toMatch(/cents over all keys [\d,]+, 90 %: [\d,]+ to [\d,]+/);
  expect(planned.out).toMatch(/held by nothing: payments\[0\] 600-605 \(6 offsets\), interpolated/);
  const recovered = await run('recover', 'accounts.incident.yaml', '--plan', 'p.json', '--yes');
  // What nobody has verified is no better than that.
  expect(recovered.out).toMatch(/unproven: 5 keys unproven; 5 keys on estimated events/);
  expect(recovered.out).toMatch(/6 events estimated by ensemble/);
  const [, id] = /(r-[0-9a-f]{8})/.exec(recovered.out)!;
  const verified = await run('verify', id!, '--incident', 'accounts.incident.yaml');
  expect(verified.code).toBe(0);
  await run('export', id!, '--incident', 'accounts.incident.yaml', '--out', 'states.ndjson');
  const states = readFileSync(join(folder, 'states.ndjson'), 'utf8').trim().split('\n');
  expect(states).toHaveLength(5);
  for (const state of states) expect(state).toContain('interpolated');
  expect(states.join()).not.toContain('exact');
  const name = ['--incident', 'accounts.incident.yaml'];
  await run('report', id!, ...name, '--out', 'r.html');
  const page = readFileSync(join(folder, 'r.html'), 'utf8');
  expect(page).toMatch(/<strong>cents<\/strong>, over all keys/);
  expect(page).toMatch(/How often intervals hold was not measured/);
  expect(page).toMatch(/cents of single keys: all 5/);
  // A measure of one state may be the very field that is hidden.
  appendFileSync(join(folder, 'accounts.incident.yaml'), '\nreport: { mask: [$.cents] }\n');
  await run('report', id!, ...name, '--out', 'masked.json');
  const { estimates } = JSON.parse(readFileSync(join(folder, 'masked.json'), 'utf8')) as ReportJson;
  const [cents] = estimates!.ensemble!.basis!.measures;
  expect(cents).toMatchObject({ measure: 'cents', keys: [], keysInAll: 5 });
  expect(cents!.leftOut!.stretches).toBe(estimates!.ensemble!.donors);
  expect(cents!.path.length).toBeGreaterThan(20);
});

it('an estimate by a worker that nothing checked is unproven, before and after the run is verified', async () => {
  writeIncident((offset) => offset >= 600 && offset < 606);
  const recovered = await run('recover', 'accounts.incident.yaml', '--strategy', 'estimation', '--yes');
  const [, id] = /(r-[0-9a-f]{8})/.exec(recovered.out)!;
  await run('verify', id!, '--incident', 'accounts.incident.yaml');
  await run('export', id!, '--incident', 'accounts.incident.yaml', '--out', 'states.ndjson');
  const states = readFileSync(join(folder, 'states.ndjson'), 'utf8').trim().split('\n');
  for (const state of states) expect(state).toMatch(/"fidelity":"unproven".*interpolated/);
});

it('ends with 13 where nothing is lost', async () => {
  writeIncident(() => false);
  const planned = await run('plan', 'accounts.incident.yaml', '--strategy', 'estimation');
  expect([planned.code, planned.err]).toEqual([13, expect.stringMatching(/EM7201.*nothing-lost/s)]);
});
