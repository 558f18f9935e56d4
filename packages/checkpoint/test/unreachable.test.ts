import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIncident } from '@eventmend/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-unreachable-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const variable = 'EVENTMEND_TEST_UNREACHABLE_URL';
// Nothing listens on port 1 of this machine.
beforeAll(() => (process.env[variable] = 'postgres://someone:secret@127.0.0.1:1/balances?sslmode=disable'));
afterAll(() => Reflect.deleteProperty(process.env, variable));

const time = Date.UTC(2026, 10, 19);
const mapping = { key: 'account', state: { columns: { cents: { column: 'cents', type: 'integer' } } } } as const;

async function incidentWith(snapshots: readonly object[], name: string) {
  const log = join(scratch, `${name}.ndjson`);
  const event = { topic: 'payments', partition: 0, offset: '5', timestamp: time, key: 'ada', value: { cents: 1 } };
  writeFileSync(log, `${JSON.stringify(event)}\n`);
  const csv = join(scratch, `${name}.csv`);
  writeFileSync(csv, 'account,cents\nada,5\n');
  const worker = join(scratch, 'worker.mjs');
  writeFileSync(
    worker,
    `import { defineWorker } from '@eventmend/core';
export default defineWorker({ name: 'w', version: '1', key: ({ key }) => key, initial: () => ({ cents: 0 }),
  evolve: ({ cents }, { value }) => ({ cents: cents + value.cents }) });
`,
  );
  const copy = { csv, mapping, taken_at: '2026-11-18T12:00:00Z', position: { payments: { 0: '4' } } };
  return openIncident({
    ...{ worker, log: { ndjson: log }, onset: '2026-11-18T18:00:00Z', store: join(scratch, name) },
    snapshots: [copy, ...snapshots],
  });
}

it('a snapshot in a database that does not answer stops a plan, unless it is said where to begin', async () => {
  const inDatabase = {
    postgres: { url: { env: variable } },
    query: 'SELECT account, cents FROM balances',
    mapping,
    taken_at: '2026-11-18T17:00:00Z',
    position: { payments: { 0: '5' } },
  };
  const incident = await incidentWith([inDatabase], 'unreachable');
  const strategy = checkpointRecovery(incident);
  await expect(strategy.plan()).rejects.toMatchObject({ code: 'database-unreachable', exitCode: 75 });
  const [csv] = (await incident.snapshots?.list())?.snapshots ?? [];
  const plan = await strategy.plan({ baseline: csv?.id ?? '' });
  expect(plan.baseline).toMatchObject([{ source: { id: csv?.id }, basis: 'unproven' }]);
  incident.close();

  const without = await incidentWith([], 'without');
  expect((await checkpointRecovery(without).plan()).baseline).toMatchObject([{ basis: 'unproven' }]);
  without.close();

  // What is damaged is passed over as before.
  const damaged = await incidentWith(
    [{ ...inDatabase, csv: join(scratch, 'nothing.csv'), postgres: undefined, query: undefined }],
    'damaged',
  );
  await expect(checkpointRecovery(damaged).plan()).resolves.toMatchObject({ strategy: 'checkpoint' });
  damaged.close();
});
