import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { inChild, withFolder } from './in-child.mjs';
import { writeLiveOutputs } from './live-transfers.mjs';
import { writeTransfers } from './transfers-archive.mjs';

/**
 * Diagnosing a service from its recorded outputs against recovering the same stretch, both from the beginning of an
 * archive, each in a process of its own, in turns. The error begins late, so that most accounts go apart from the right
 * ones on the way, as in a real incident.
 */
export default async function diagnosisReplay({ quick }) {
  return withFolder(async (folder) => {
    const shape = { events: quick ? 150_000 : 1_000_000, partitions: 1, local: false };
    const archive = join(folder, 'transfers.archive');
    const outputs = join(folder, 'outputs.ndjson');
    writeTransfers(archive, shape);
    const planted = writeLiveOutputs(outputs, shape);
    const run = async (what) => {
      const store = mkdtempSync(join(folder, 'store-'));
      try {
        return await inChild('diagnose-child.mjs', [JSON.stringify({ what, archive, outputs, store, planted })]);
      } finally {
        rmSync(store, { recursive: true, force: true });
      }
    };
    const runs = [];
    for (let pair = -1; pair < 5; pair++) {
      const first = pair % 2 === 0 ? 'recover' : 'diagnose';
      const took = { [first]: await run(first) };
      const second = first === 'recover' ? 'diagnose' : 'recover';
      took[second] = await run(second);
      if (pair >= 0) runs.push(took.recover.ms / took.diagnose.ms);
    }
    const floor = 'recovering the same events';
    return [
      { name: 'diagnosis_vs_replay', value: spread(runs)[1], unit: 'x', floor, bar: '>= 0.5', runs: spread(runs) },
    ];
  });
}
