import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { foldInChild, recoverInChild, withFolder } from './in-child.mjs';
import { writeTransfers } from './transfers-archive.mjs';

/** What a second thread brings a worker that is local to its partitions, over what it brings the same fold in memory. */
export default async function replayThreads({ quick }) {
  return withFolder(async (folder) => {
    const shape = { events: quick ? 200_000 : 500_000, partitions: 8, local: true };
    const archive = join(folder, 'transfers.archive');
    writeTransfers(archive, shape);
    const { events } = shape;
    const recover = (threads) =>
      recoverInChild({ archive, events, outputs: events, worker: 'transfers-local-worker.mjs', threads });
    const gains = { recover: [], floor: [] };
    const runs = [];
    for (let round = -1; round < 5; round++) {
      const threads = round % 2 === 0 ? [1, 2] : [2, 1];
      const took = { recover: {}, floor: {} };
      for (const count of threads) {
        took.recover[count] = (await recover(count)).ms;
        took.floor[count] = (await foldInChild(shape, count)).ms;
      }
      if (round < 0) continue;
      for (const side of ['recover', 'floor']) gains[side].push(took[side][1] / took[side][2]);
      runs.push(gains.recover.at(-1) / gains.floor.at(-1));
    }
    const [, ours] = spread(gains.recover);
    const [, theirs] = spread(gains.floor);
    const floor = `two threads in memory gain ${theirs.toFixed(2)}; the replay gains ${ours.toFixed(2)}`;
    const value = spread(runs)[1];
    return [{ name: 'archive_replay_two_threads', value, unit: 'x', floor, bar: '>= 0.9', runs: spread(runs) }];
  });
}
