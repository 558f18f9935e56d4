import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { foldInChild, recoverInChild, withFolder } from './in-child.mjs';
import { writeTransfers } from './transfers-archive.mjs';

/**
 * `recover` with its defaults over an archive, durable and exactly once, two keys and one output an event, against the same
 * events parsed, folded and serialised in memory. Each side in a process of its own, in turns; the second figure is the
 * same in processor time, which a busy machine disturbs less.
 */
export default async function archiveReplay({ quick }) {
  return withFolder(async (folder) => {
    const shape = { events: quick ? 200_000 : 1_000_000, partitions: 8, local: false };
    const archive = join(folder, 'transfers.archive');
    writeTransfers(archive, shape);
    const byClock = [];
    const byProcessor = [];
    const { events } = shape;
    const recover = () => recoverInChild({ archive, events, outputs: events, worker: 'transfers-worker.mjs' });
    for (let pair = -1; pair < 5; pair++) {
      const floorFirst = pair % 2 === 0;
      const first = floorFirst ? await foldInChild(shape) : await recover();
      const second = floorFirst ? await recover() : await foldInChild(shape);
      const [floor, engine] = floorFirst ? [first, second] : [second, first];
      if (pair < 0) continue;
      byClock.push(floor.ms / engine.ms);
      byProcessor.push(floor.cpuMs / engine.cpuMs);
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
