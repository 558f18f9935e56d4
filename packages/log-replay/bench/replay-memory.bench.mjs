import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { recoverInChild, withFolder } from './in-child.mjs';
import { writeTransfers } from './transfers-archive.mjs';

/** Peak memory of the whole process that recovers ten times the events, over the peak for one time. */
export default async function replayMemory({ quick }) {
  return withFolder(async (folder) => {
    const small = quick ? 100_000 : 500_000;
    const archives = [small, 10 * small].map((events) => {
      const archive = join(folder, `${events}.archive`);
      writeTransfers(archive, { events, partitions: 8, local: false });
      return { archive, events };
    });
    const peaks = [[], []];
    for (let pair = 0; pair < 5; pair++) {
      for (const side of pair % 2 === 0 ? [0, 1] : [1, 0]) {
        const { archive, events } = archives[side];
        const job = { archive, events, outputs: events, worker: 'transfers-worker.mjs' };
        peaks[side].push((await recoverInChild(job)).peakBytes);
      }
    }
    const runs = spread(peaks[0].map((peak, pair) => peaks[1][pair] / peak));
    const floor = `${Math.round(spread(peaks[0])[1] / 2 ** 20)} MiB for ${small} events`;
    return [{ name: 'memory_at_10x', value: runs[1], unit: 'x', floor, bar: '<= 1.1', runs }];
  });
}
