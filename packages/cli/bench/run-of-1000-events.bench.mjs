import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createArchiveWriter } from '@eventmend/core/archive';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';
import { runCommand } from './run-command.mjs';

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'sums', version: '1.0.0', key: ({ key }) => key, initial: () => ({ sum: 0 }),
  evolve: ({ sum }, { value }) => ({ sum: sum + value.amount }),
});
`;

const incident = `format_version: 1
name: small
worker: ./worker.mjs
log: { archive: small.archive }
`;

function writeEvents(file) {
  const writer = createArchiveWriter(file, { source: 'bench' });
  const appenders = Array.from({ length: 4 }, (_, partition) =>
    writer.partition({ source: 'bench', topic: 'events', incarnation: '', partition }),
  );
  for (let n = 0; n < 1000; n++) {
    const value = JSON.stringify({ amount: n, text: 'x'.repeat(120) });
    const event = { timeType: 'create', key: `k${n % 40}`, headers: null, value };
    appenders[n % 4].appendParsed({ ...event, offset: Math.floor(n / 4), time: 1.7e12 + n * 100 });
  }
  writer.commit();
  writer.close();
}

/** The package is installed beside the worker, as in the project of a service. */
function installCore(folder) {
  mkdirSync(join(folder, 'node_modules', '@eventmend'), { recursive: true });
  const core = dirname(fileURLToPath(import.meta.resolve('@eventmend/core/package.json')));
  symlinkSync(core, join(folder, 'node_modules', '@eventmend', 'core'));
}

function bareNode() {
  const program = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)';
  return Number(spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stdout);
}

/**
 * What a run costs that hardly has anything to do: processor time of `eventmend recover` over 1,000 events, less that of Node. About 80 ms
 * of it are a thread, `better-sqlite3` in two threads, two databases and the worker module; most of what is above that is the compiling
 * of what is loaded (decision 0073).
 */
export default async function runOf1000Events({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-run-'));
  try {
    writeEvents(join(folder, 'small.archive'));
    installCore(folder);
    writeFileSync(join(folder, 'worker.mjs'), worker);
    writeFileSync(join(folder, 'small.incident.yaml'), incident);
    const { difference } = await interleaved({
      subject: () => runCommand(folder, ['recover', '--yes']).cpuSeconds * 1000,
      reference: bareNode,
      between: () => {
        rmSync(join(folder, '.eventmend'), { recursive: true, force: true });
      },
      pairs: quick ? 5 : 21,
    });
    return [
      {
        name: 'run_of_1000_events',
        value: difference[1],
        unit: 'ms CPU',
        floor: 'node -e 0',
        bar: '<= 120',
        runs: difference,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
