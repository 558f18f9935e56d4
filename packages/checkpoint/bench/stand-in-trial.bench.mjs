import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNdjsonSnapshots, writeNdjsonSnapshot } from '@eventmend/core';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import {
  beginningOf,
  completeInputs,
  coverPartitions,
  endOf,
  positionToJson,
  prepareInputs,
  segmentsOf,
  startOfOrder,
  tryWay,
} from '@eventmend/core/engine';
import { checkpointRecovery } from '@eventmend/checkpoint';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';
import accounts from './accounts-worker.mjs';

const keys = 2_000;
const id = { source: 'bench', topic: 'payments', incarnation: '', partition: 0 };
const start = 1_700_000_000_000;

const eventOf = (offset) => ({
  key: `account-${(offset * 7919) % keys}`,
  time: start + offset * 1000,
  value: { id: `p-${offset}`, type: 'payment', cents: ((offset * 31) % 2000) - 700 },
});

/** A log that lacks a tenth behind its middle, the state in front of that, and a row of every event. */
async function write(folder, count) {
  const [from, to] = [count * 0.6, count * 0.7];
  const archive = join(folder, 'payments.archive');
  const writer = createArchiveWriter(archive, { source: 'bench' });
  const partition = writer.partition(id);
  const states = new Map();
  const rows = [];
  for (let offset = 0; offset < count; offset++) {
    const { key, time, value } = eventOf(offset);
    rows.push(JSON.stringify({ id: value.id, key, time, amount: value.cents, value }));
    if (offset < from) states.set(key, accounts.evolve(states.get(key) ?? accounts.initial(key), { value }));
    if (offset >= from && offset < to) continue;
    partition.append({ offset, time, timeType: 'create', key, headers: null, value: JSON.stringify(value) });
    if (writer.pendingBytes > 32e6) writer.commit();
  }
  writer.commit();
  writer.close();
  const records = join(folder, 'rows.ndjson');
  writeFileSync(records, `${rows.join('\n')}\n`);
  await writeNdjsonSnapshot(join(folder, 's-001.ndjson'), {
    id: 's-001',
    takenAt: start + (from - 1) * 1000,
    worker: 'accounts@1.0.0',
    position: [{ ...id, next: from, order: startOfOrder }],
    stateVersion: 1,
    rows: [...states].map(([key, state]) => ({ key, state })),
  });
  return { archive, records };
}

const recordsOf = (file, count) => ({
  name: 'ledger',
  rows: { kind: 'file', file, format: 'ndjson' },
  mapping: { id: 'id', key: 'key', amount: { column: 'amount' }, time: { column: 'time', unit: 'milliseconds' } },
  rule: {
    ...{ topic: 'payments', types: ['payment'], id: 'value.id', key: 'key', time: 'time', typed: false },
    ...{ reversible: false, within: { earlier: 0, later: 0 }, amount: { path: 'value.cents', factor: '1' } },
    ...{ from: start, until: start + count * 1000 },
  },
  completeFor: ['payment'],
  event: { topic: 'payments', key: 'key', value: { form: 'column', column: 'value' } },
});

/**
 * Planning with rows that stand in, the trial of them included, against two replays in memory of what the trial goes over: how much of
 * a plan is not the two replays that it cannot do without.
 */
export default async function trialOfRows({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    const count = quick ? 10_000 : 400_000;
    const { archive, records } = await write(folder, count);
    let round = 0;
    const inputsOf = (log) => ({
      incident: { name: 'bench', onset: start + count * 600 },
      worker: new URL('./accounts-worker.mjs', import.meta.url),
      logs: [log],
      snapshots: openNdjsonSnapshots(folder),
      trusted: ['s-001'],
      store: join(folder, `store-${++round}`),
    });
    const plan = async () => {
      const log = openArchive(archive);
      try {
        const inputs = { ...inputsOf(log), records: [recordsOf(records, count)] };
        const { standInTrial } = await checkpointRecovery(inputs).plan();
        if (!(standInTrial?.events > 0) || standInTrial.right !== standInTrial.keys)
          throw new Error('no row was tried');
      } finally {
        log.close();
      }
    };
    const replayTwice = async () => {
      const log = openArchive(archive);
      const prepared = await prepareInputs(completeInputs(inputsOf(log)));
      try {
        const { survey, snapshots } = prepared;
        const target = snapshots.candidates[0].position;
        const from = beginningOf(survey);
        const way = {
          baseline: [
            {
              scope: { kind: 'all' },
              source: { kind: 'genesis' },
              basis: 'genesis',
              position: positionToJson(from),
              evidence: '',
            },
          ],
          segments: segmentsOf(coverPartitions(survey, from, target), survey, 'exact'),
          target: { spec: { kind: 'end' }, position: positionToJson(target) },
          logEnd: positionToJson(endOf(survey)),
        };
        for (let replay = 0; replay < 2; replay++) await tryWay(prepared, { plan: way, marked: [], alsoOf: [] }, {});
      } finally {
        prepared.close();
        log.close();
      }
    };
    const { speed: runs } = await interleaved({ subject: plan, reference: replayTwice, pairs: quick ? 5 : 7 });
    const floor = 'two replays in memory of the stretch in front of the baseline';
    return [{ name: 'stand_in_trial', value: runs[1], unit: 'x', floor, bar: '>= 0.2', runs }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
