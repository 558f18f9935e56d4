import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { spawnEventmend } from './spawn-eventmend.js';
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
function writeIncident(isLost: (offset: number) => boolean): void {
  const lines = Array.from({ length: 24 * 28 }, (_, offset) => {
    const cents = ((offset * 7919) % 2003) - 900;
    const record = { topic: 'payments', partition: 0, offset: String(offset), timestamp: begin + offset * hour };
    return JSON.stringify({ ...record, key: `A-${(offset * 31) % 5}`, value: { cents } });
  }).filter((_, offset) => !isLost(offset));
  writeFileSync(join(folder, 'payments.ndjson'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'accounts.mjs'), worker);
  writeFileSync(
    join(folder, 'accounts.incident.yaml'),
    'format_version: 1\nname: accounts\nworker: ./accounts.mjs\nlog: { ndjson: payments.ndjson }\n',
  );
}

const run = (...words: string[]) => spawnEventmend(folder, words);

it('plans, recovers, verifies and exports over estimates, and says how far the sum may be off', async () => {
  writeIncident((offset) => offset >= 600 && offset < 606);
  const planned = await run('plan', 'accounts.incident.yaml', '--strategy', 'estimation', '--out', 'p.json');
  expect(planned.err).not.toMatch(/^error/m);
  expect(planned.out).toMatch(/estimation, 1 partition/);
  expect(planned.out).toMatch(/cents over all keys [\d,]+, 90 %: [\d,]+ to [\d,]+/);
  expect(planned.out).toMatch(/held by nothing: payments\[0\] 600-605 \(6 offsets\), interpolated/);
  const recovered = await run('recover', 'accounts.incident.yaml', '--plan', 'p.json', '--yes');
  expect(recovered.out).toMatch(/interpolated: 5 keys interpolated/);
  expect(recovered.out).toMatch(/6 events estimated by ensemble/);
  const [, id] = /(r-[0-9a-f]{8})/.exec(recovered.out)!;
  const verified = await run('verify', id!, '--incident', 'accounts.incident.yaml');
  expect(verified.code).toBe(0);
  await run('export', id!, '--incident', 'accounts.incident.yaml', '--out', 'states.ndjson');
  const states = readFileSync(join(folder, 'states.ndjson'), 'utf8').trim().split('\n');
  expect(states).toHaveLength(5);
  for (const state of states) expect(state).toContain('interpolated');
  expect(states.join()).not.toContain('exact');
}, 120_000);

it('ends with 13 where nothing is lost', async () => {
  writeIncident(() => false);
  const planned = await run('plan', 'accounts.incident.yaml', '--strategy', 'estimation');
  expect([planned.code, planned.err]).toEqual([13, expect.stringMatching(/EM7201.*nothing-lost/s)]);
}, 60_000);
