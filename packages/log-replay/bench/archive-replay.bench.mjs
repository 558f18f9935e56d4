import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { foldInChild, recoverInChild, withFolder } from './in-child.mjs';
import { writeTransfers } from './transfers-archive.mjs';

/**
 * `recover` with its defaults over an archive, durable and exactly once, two keys and one output an event, against the same
 * events parsed, folded and serialised in memory. Each side in a process of its own, in turns. By the clock the log is read
 * ahead where there is a second core; in processor time, which a busy machine disturbs less, everything is done in one thread.
 */
export default async function archiveReplay({ quick }) {
  return withFolder(async (folder) => {
    const shape = { events: quick ? 200_000 : 1_000_000, partitions: 8, local: false };
    const archive = join(folder, 'transfers.archive');
    writeTransfers(archive, shape);
    const byClock = [];
    const byProcessor = [];
    const { events } = shape;
    const recover = (readAhead) =>
      recoverInChild({ archive, events, outputs: events, worker: 'transfers-worker.mjs', readAhead });
    const hasSecondCore = availableParallelism() > 1;
    for (let round = -1; round < 5; round++) {
      const took = {};
      const sides = [
        ['alone', () => recover(false)],
        ['floor', () => foldInChild(shape)],
        ...(hasSecondCore ? [['ahead', () => recover(true)]] : []),
      ];
      for (const [side, measure] of round % 2 === 0 ? sides : sides.reverse()) took[side] = await measure();
      if (round < 0) continue;
      byClock.push(took.floor.ms / (took.ahead ?? took.alone).ms);
      byProcessor.push(took.floor.cpuMs / took.alone.cpuMs);
    }
    const floor = 'the same events parsed and folded in memory, outputs serialised';
    return [
      ['archive_replay_vs_memory', byClock],
      ['archive_replay_vs_memory_cpu', byProcessor],
    ].map(([name, runs]) => ({
      name,
      value: spread(runs)[1],
      unit: 'x',
      floor,
      bar: name.endsWith('_cpu') ? '>= 0.65' : '>= 0.8',
      runs: spread(runs),
    }));
  });
}
