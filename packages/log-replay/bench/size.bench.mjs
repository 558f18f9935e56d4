import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { recoverInChild, withFolder } from './in-child.mjs';
import { writeTransfers } from './transfers-archive.mjs';

/** An output an event, too: fifty million of them stand in the store at the end. */
const large = { events: 50_000_000, partitions: 1000, accounts: 1_000_000, local: false };
const usual = { events: 1_000_000, partitions: 8, accounts: 1000, local: false };

/**
 * A recovery of fifty million events over a thousand partitions and a million keys: what memory it takes, how long its
 * plan is made where nothing must be proven, and its rate over that of a million events of a thousand keys in eight
 * partitions. A quick run takes one million and a hundred thousand keys. Once: it takes a quarter of an hour.
 */
export default async function size({ quick }) {
  return withFolder(async (folder) => {
    const shape = quick ? { ...large, events: 1_000_000, accounts: 100_000 } : large;
    const rates = [];
    let largest;
    for (const [name, of] of [
      ['usual', usual],
      ['large', shape],
    ]) {
      const archive = join(folder, `${name}.archive`);
      writeTransfers(archive, of);
      largest = await recoverInChild({
        archive,
        events: of.events,
        outputs: of.events,
        worker: 'transfers-worker.mjs',
      });
      rates.push(of.events / largest.ms);
    }
    const floor = `${shape.events} events, ${shape.accounts} keys, ${shape.partitions} partitions: ${Math.round(rates[1] * 1000)} events/s`;
    const result = (name, value, unit, bar) => ({ name, value, unit, floor, bar, runs: spread([value]) });
    return [
      result('size_memory', largest.peakBytes / 2 ** 20, 'MiB', '<= 300'),
      result('size_plan', largest.planMs / 1000, 's', '<= 2'),
      result('size_rate_vs_1m', rates[1] / rates[0], 'ratio', '>= 0.9'),
    ];
  });
}
