import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openNdjsonSnapshots, writeNdjsonSnapshot } from '@eventmend/core';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { completeInputs, prepareInputs, proveTransitions, startOfOrder } from '@eventmend/core/engine';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';
import accounts from './accounts-worker.mjs';

const transitions = (quick) => (quick ? 16 : 64);
const keys = 2_000;
const id = { source: 'bench', topic: 'payments', incarnation: '', partition: 0 };

/** A log of events, and what the worker holds after each stretch of them. */
async function write(folder, stretch, count) {
  const archive = join(folder, 'payments.archive');
  const snapshots = join(folder, 'snapshots');
  mkdirSync(snapshots);
  const writer = createArchiveWriter(archive, { source: 'bench' });
  const partition = writer.partition(id);
  const states = new Map();
  for (let offset = 0; offset < (count + 1) * stretch; offset++) {
    const key = `account-${(offset * 7919) % keys}`;
    const value = { cents: ((offset * 31) % 2000) - 700 };
    const time = 1_700_000_000_000 + offset * 1000;
    partition.append({ offset, time, timeType: 'create', key, headers: null, value: JSON.stringify(value) });
    states.set(key, accounts.evolve(states.get(key) ?? accounts.initial(key), { value }));
    if ((offset + 1) % stretch !== 0) continue;
    writer.commit();
    const number = String((offset + 1) / stretch).padStart(3, '0');
    await writeNdjsonSnapshot(join(snapshots, `s-${number}.ndjson`), {
      id: `s-${number}`,
      takenAt: time,
      worker: 'accounts@1.0.0',
      position: [{ ...id, next: offset + 1, order: startOfOrder }],
      stateVersion: 1,
      rows: [...states].map(([name, state]) => ({ key: name, state })),
    });
  }
  writer.close();
  return { archive, snapshots };
}

/** 64 transitions between snapshots (16 where it has to be quick), proven on two threads, against the same on one. */
export default async function proofOfTransitions({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    const count = transitions(quick);
    const { archive, snapshots } = await write(folder, 20_000, count);
    let round = 0;
    const prove = async (atOnce) => {
      const log = openArchive(archive);
      const prepared = await prepareInputs(
        completeInputs({
          worker: new URL('./accounts-worker.mjs', import.meta.url),
          logs: [log],
          snapshots: openNdjsonSnapshots(snapshots),
          store: join(folder, `store-${++round}`),
        }),
      );
      try {
        const started = performance.now();
        const proven = await proveTransitions(prepared, {}, atOnce);
        const took = performance.now() - started;
        const right = proven.filter(({ finding }) => finding.finding === 'proven').length;
        if (right !== count) throw new Error(`${right} of ${count} transitions are proven`);
        return took;
      } finally {
        prepared.close();
        log.close();
      }
    };
    const { speed } = await interleaved({ subject: () => prove(2), reference: () => prove(1), pairs: 5 });
    const floor = 'the same on one thread';
    return [{ name: 'transitions_two_threads', value: speed[1], unit: 'x', floor, bar: '>= 1.7', runs: speed }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
