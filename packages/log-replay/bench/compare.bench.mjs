import { join } from 'node:path';
import {
  createMemoryLog,
  createMemorySnapshots,
  defineWorker,
  openNdjsonSnapshots,
  writeNdjsonSnapshot,
} from '@eventmend/core';
import { compareRecoveries, openTruth } from '@eventmend/core/engine';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { logReplay } from '@eventmend/log-replay';
import { interleaved, spread } from '../../../.ci/bench/interleaved.mjs';
import { withFolder } from './in-child.mjs';
import { measured } from './measured.mjs';

const start = 1_770_000_000_000;
const position = (next) => [
  {
    source: 'bench',
    topic: 'bookings',
    incarnation: '',
    partition: 0,
    next,
    order: { watermark: start + next, clock: start + next },
  },
];
const keyOf = (n) => `customer-${String((n * 7919) % 10_000_019).padStart(8, '0')}`;
const stateOf = (n) => ({ cents: n % 90_000, open: n % 3, name: `Customer No. ${n}`, since: start + n });

const worker = defineWorker({
  name: 'customers',
  version: '1.0.0',
  key: ({ key }) => key,
  initial: () => null,
  evolve: (_, { value }) => stateOf(value.n),
  measures: { cents: ({ cents }) => cents },
});

/** Two runs over as many keys: one from the beginning, one from a snapshot that has 1 in 100 of them wrong. */
async function makeRuns(folder, keys) {
  const wrong = Math.round(keys / 100);
  const events = Array.from({ length: keys }, (_, n) => ({
    topic: 'bookings',
    partition: 0,
    offset: n,
    key: keyOf(n),
    time: start + n,
    value: { n },
  }));
  const rows = Array.from({ length: wrong }, (_, n) => ({ key: keyOf(n), state: { ...stateOf(n), cents: -1 } }));
  const inputs = {
    incident: { name: 'bench', digest: 'bench', onset: start + wrong, end: null },
    worker: { kind: 'definition', worker, hash: 'bench' },
    logs: [{ log: createMemoryLog({ source: 'bench', events }), as: 'log' }],
    snapshots: createMemorySnapshots([{ id: 's', takenAt: start, position: position(wrong), rows }]),
    trusted: ['s'],
    live: null,
    order: { by: 'time' },
    poison: 'stop',
    references: {},
    store: join(folder, 'store'),
  };
  const runs = [];
  for (const baseline of ['genesis', 's']) {
    const strategy = logReplay(inputs);
    runs.push((await strategy.recover(await strategy.plan({ baseline }))).runId);
  }
  return { inputs, runs, wrong };
}

async function readRun(inputs, runId) {
  let read = 0;
  for (const { key } of openRunCatalogue(inputs.store).states(runId)) if (key !== '') read++;
  return read;
}

async function readFile(file) {
  const source = openNdjsonSnapshots(file);
  const [{ id }] = (await source.list()).snapshots;
  let read = 0;
  for await (const { key } of source.rows(id)) if (key !== '') read++;
  return read;
}

/** A comparison of two runs, and of a run with a file of the truth, against reading both in the same way. */
export default async function compare({ quick }) {
  const keys = quick ? 100_000 : 1_000_000;
  return withFolder(async (folder) => {
    const { inputs, runs, wrong } = await makeRuns(folder, keys);
    const [right, other] = runs;
    const truth = join(folder, 'truth.ndjson');
    // As an export writes them.
    const rows = Array.from({ length: keys }, (_, n) => ({ key: keyOf(n), state: stateOf(n) }));
    rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    await writeNdjsonSnapshot(truth, {
      id: 'truth',
      takenAt: null,
      worker: null,
      stateVersion: 1,
      position: position(keys),
      rows,
    });
    let peak = 0;
    const measure = async (name, against, readReference, floor) => {
      const cpu = { subject: [], reference: [] };
      const noting = (side, action) => async () => {
        cpu[side].push((await measured(action)).cpuMs);
      };
      const { speed } = await interleaved({
        subject: noting('subject', async () => {
          const { comparison } = await compareRecoveries(inputs, { runs: [other], against: await against() });
          peak = Math.max(peak, process.memoryUsage().rss);
          const { states } = comparison.recoveries[0];
          if (states.differing !== wrong || states.same !== keys - wrong) throw new Error(JSON.stringify(states));
        }),
        reference: noting('reference', async () => {
          const read = (await readRun(inputs, other)) + (await readReference());
          if (read !== 2 * keys) throw new Error(`${read} keys were read`);
        }),
        pairs: 5,
      });
      // The first pair warms up.
      const cpuSpeed = spread(cpu.subject.map((ms, pair) => cpu.reference[pair] / ms).slice(1));
      const result = { unit: 'x', floor: `${floor} (peak ${Math.round(peak / 1e6)} MB)`, bar: '>= 0.8' };
      return [
        { ...result, name, value: speed[1], runs: speed },
        { ...result, name: `${name}_cpu`, value: cpuSpeed[1], runs: cpuSpeed },
      ];
    };
    return [
      ...(await measure(
        'compare_1m_keys',
        () => ({ run: right }),
        () => readRun(inputs, right),
        'reading both runs',
      )),
      ...(await measure(
        'compare_1m_keys_with_file',
        () => openTruth(inputs, { states: truth }).then((given) => ({ truth: given })),
        () => readFile(truth),
        'reading a run, and a snapshot file',
      )),
    ];
  });
}
