import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { inChild, recoverInChild, withFolder } from './in-child.mjs';
import { installPeer } from './install-peer.mjs';
import { writeTransfers } from './transfers-archive.mjs';

const peerName = '@event-driven-io/emmett-sqlite';
const peerVersion = '0.38.5';

/**
 * Events a second of a durable projection of two accounts an event, against the same projection by emmett's SQLite consumer
 * with its default loop; both WAL with synchronous=FULL. The peer is given fewer events, since it would take minutes.
 */
export default async function projection({ quick }) {
  const result = (runs, peer) => [
    { name: 'projection_vs_emmett', value: runs[1], unit: 'x', peer, bar: '>= 10', runs },
  ];
  const peer = installPeer(peerName, peerVersion);
  if (peer === null) return result([0, 0, 0], `${peerName} ${peerVersion} could not be installed here: not measured`);
  return withFolder(async (folder) => {
    const ours = quick ? 100_000 : 500_000;
    const theirs = quick ? 2000 : 5000;
    const archive = join(folder, 'transfers.archive');
    writeTransfers(archive, { events: ours, partitions: 1, local: false });
    const recover = async () => {
      const { ms } = await recoverInChild({
        archive,
        events: ours,
        outputs: 0,
        worker: 'transfers-projection-worker.mjs',
      });
      return ours / ms;
    };
    const consume = async () => {
      const database = join(folder, 'emmett.db');
      const { ms } = await inChild('emmett-child.mjs', [peer, database, theirs]);
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
      return theirs / ms;
    };
    const ratios = [];
    const rates = [];
    for (let pair = 0; pair < 5; pair++) {
      const first = pair % 2 === 0 ? await recover() : await consume();
      const second = pair % 2 === 0 ? await consume() : await recover();
      const [our, their] = pair % 2 === 0 ? [first, second] : [second, first];
      ratios.push(our / their);
      rates.push(their);
    }
    return result(spread(ratios), `${peerName} ${peerVersion}: ${Math.round(spread(rates)[1] * 1000)} events/s`);
  });
}
