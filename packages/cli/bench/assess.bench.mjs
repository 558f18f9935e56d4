import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArchiveWriter } from '@eventmend/core/archive';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { runCommand } from './run-command.mjs';

const worker = `import { defineWorker } from '${import.meta.resolve('@eventmend/core')}';
export default defineWorker({ name: 'counts', version: '1.0.0', key: ({ key }) => key, initial: () => 0, evolve: (n) => n + 1 });
`;

const incident = `format_version: 1
name: large
worker: ./worker.mjs
log: { archive: large.archive }
`;

/** Events without content, in eight partitions: what an assessment takes does not depend on what is in them. */
function writeEvents(file, count) {
  const partitions = 8;
  const writer = createArchiveWriter(file, { source: 'bench' });
  const appenders = Array.from({ length: partitions }, (_, partition) =>
    writer.partition({ source: 'bench', topic: 'events', incarnation: '', partition }),
  );
  const event = { timeType: 'create', key: 'k', headers: null, value: '{}' };
  for (let n = 0; n < count; n++) {
    appenders[n % partitions].appendParsed({ ...event, offset: Math.floor(n / partitions), time: 1.7e12 + n * 100 });
    if (writer.pendingBytes > 32e6) writer.commit();
  }
  writer.commit();
  writer.close();
}

/** `eventmend assess` as it is typed, over an archive of 10,000,000 events (a quick run: 1,000,000), the start of Node included. */
export default async function assess({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-assess-'));
  try {
    writeEvents(join(folder, 'large.archive'), quick ? 1_000_000 : 10_000_000);
    writeFileSync(join(folder, 'worker.mjs'), worker);
    writeFileSync(join(folder, 'large.incident.yaml'), incident);
    const runs = [];
    for (let n = -1; n < (quick ? 3 : 9); n++) {
      const run = runCommand(folder, ['assess']);
      if (n >= 0) runs.push(run);
    }
    const result = (name, measure) => {
      const of = spread(runs.map((run) => run[measure]));
      return { name, value: of[1], unit: 's', bar: '<= 1', floor: 'none: what a user waits for', runs: of };
    };
    return [result('assess_10m_events', 'seconds'), result('assess_10m_events_cpu', 'cpuSeconds')];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
