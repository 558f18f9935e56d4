import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { runCommand } from './run-command.mjs';

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts',
  version: '1.0.0',
  locality: 'partition',
  key: (event) => event.key,
  initial: () => ({ balance: 0, bookings: 0, last: '' }),
  evolve: (state, { value }) => ({ balance: state.balance + value.amount, bookings: state.bookings + 1, last: value.id }),
});
`;

const keyOf = (n) => `account-${String(n).padStart(8, '0')}`;

async function writeLines(file, count, lineOf) {
  const stream = createWriteStream(file);
  for (let n = 0; n < count; n++) if (!stream.write(lineOf(n) + '\n')) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
}

/** One event a key, and a live state that missed the event of every hundredth. */
async function makeIncident(folder, keys) {
  const amount = (n) => (n * 37) % 10_000;
  await writeLines(join(folder, 'events.ndjson'), keys, (n) =>
    JSON.stringify({
      ...{ topic: 'bookings', partition: 0, offset: String(n), timestamp: 1_700_000_000_000 + n, key: keyOf(n) },
      value: { id: `b-${n}`, amount: amount(n) },
    }),
  );
  const header = {
    ...{ format_version: 1, kind: 'snapshot', id: 'live', worker: 'accounts@1.0.0', state_version: 1 },
    position: [{ topic: 'bookings', partition: 0, next: String(keys) }],
  };
  await writeLines(join(folder, 'live.ndjson'), keys + 1, (n) => {
    if (n === 0) return JSON.stringify(header);
    const state = { balance: n % 100 === 0 ? 0 : amount(n - 1), bookings: n % 100 === 0 ? 0 : 1, last: `b-${n - 1}` };
    return JSON.stringify({ key: keyOf(n - 1), state });
  });
  writeFileSync(join(folder, 'worker.mjs'), worker);
  writeFileSync(
    join(folder, 'bench.incident.yaml'),
    'format_version: 1\nname: bench\nworker: ./worker.mjs\nlog: { archive: events.archive }\nlive: { state: live.ndjson }\n',
  );
}

/** The whole command, from its start to the file on the disk, over a run with a live state of as many keys. */
export default async function report({ quick }) {
  const keys = quick ? 100_000 : 1_000_000;
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    await makeIncident(folder, keys);
    runCommand(folder, ['archive', 'import', 'events.ndjson', '--into', 'events.archive', '--source', 'bench']);
    const { run: made } = JSON.parse(runCommand(folder, ['recover', '--yes', '--json']).stdout);
    const runs = [];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      runs.push(runCommand(folder, ['report', made.runId, '--out', 'page.html', '--force']));
    }
    const of = (name) => spread(runs.map((run) => run[name]));
    const size = statSync(join(folder, 'page.html')).size / 1e6;
    return [
      { name: 'report_1m_keys', value: of('seconds')[1], unit: 's', bar: '<= 5', runs: of('seconds') },
      { name: 'report_1m_keys_cpu', value: of('cpuSeconds')[1], unit: 's', bar: '<= 5', runs: of('cpuSeconds') },
      { name: 'report_1m_keys_memory', value: of('megabytes')[2], unit: 'MB', bar: '<= 300', runs: of('megabytes') },
      { name: 'report_1m_keys_page', value: size, unit: 'MB', bar: '<= 2', runs: spread([size]) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
