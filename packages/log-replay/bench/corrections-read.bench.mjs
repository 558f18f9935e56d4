import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRecordedOutputs, standardOutputMapping, findCorrections } from '@eventmend/core/engine';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';
import { withFolder } from './in-child.mjs';

const partitions = 4;
const outputsOfChunk = 512;
const id = (partition) => ({ source: 'bench', topic: 'bookings', incarnation: '', partition });

function intendedOutput(seq) {
  const value = { account: `acc-${seq % 5000}`, balance: (seq * 37) % 100_000, count: Math.floor(seq / 5000) };
  const event = { offset: Math.floor(seq / partitions), time: 1_700_000_000_000 + seq, ordinal: 0, businessId: null };
  return { seq, output: 'booked', kind: 'event', key: value.account, ...id(seq % partitions), ...event, value };
}

/** Intended outputs as JSON in chunks, and a file of records of which one in `each` is missed and a share is wrong. */
function scene(folder, name, count, isWrong) {
  const chunks = [];
  const lines = [];
  for (let from = 0; from < count; from += outputsOfChunk) {
    const length = Math.min(outputsOfChunk, count - from);
    const outputs = Array.from({ length }, (_, index) => intendedOutput(from + index));
    chunks.push(JSON.stringify(outputs));
    for (const { seq, output, key, value, time, topic, partition, offset } of outputs) {
      if (seq % 5000 === 99) continue;
      const recorded = isWrong(seq) ? { ...value, balance: value.balance + 1 } : value;
      lines.push(JSON.stringify({ output, key, value: recorded, time, topic, partition, offset: String(offset) }));
    }
  }
  const file = join(folder, `${name}.ndjson`);
  writeFileSync(file, lines.join('\n') + '\n');
  return { chunks, file };
}

function* readIntended(chunks) {
  for (const chunk of chunks) yield* JSON.parse(chunk);
}

function recordsOf(file) {
  const settings = { order: 'handling', from: null, until: null };
  return openRecordedOutputs({ kind: 'file', format: 'ndjson', file }, standardOutputMapping, settings);
}

async function compareOnce({ chunks, file }, count, scratch) {
  const end = Math.ceil(count / partitions);
  const run = {
    worker: 'bench',
    kinds: { booked: 'event' },
    partitions: Array.from({ length: partitions }, (_, n) => ({ ...id(n), from: 0, target: end, logEnd: end })),
    lanes: [{ partitions: Array.from({ length: partitions }, (_, n) => n), read: () => readIntended(chunks) }],
    orderIsKnown: true,
    orderMayDiffer: false,
    inScope: () => true,
    notReplayed: () => false,
    doubtful: () => false,
  };
  const found = await findCorrections({ run, recorded: recordsOf(file), retract: () => null, scratch });
  const { owed, replaced } = found.counts;
  found.close();
  return owed + replaced;
}

async function readBoth({ chunks, file }) {
  let read = 0;
  for (const output of readIntended(chunks)) read += output.seq < 0 ? 1 : 0;
  for await (const batch of recordsOf(file).read()) read += batch.length;
  return read;
}

/** Finding the corrections, against reading both sides and nothing else. */
export default async function correctionsRead({ quick }) {
  const count = quick ? 60_000 : 300_000;
  const measure = (name, bar, text, isWrong) =>
    withFolder(async (folder) => {
      const given = scene(folder, name, count, isWrong);
      const { speed } = await interleaved({
        subject: async () => {
          if ((await compareOnce(given, count, folder)) === 0) throw new Error('no corrections were found');
        },
        reference: async () => {
          await readBoth(given);
        },
        pairs: 5,
      });
      const floor = `reading both sides (${text})`;
      return { name, value: speed[1], unit: 'x', floor, bar, runs: speed };
    });
  return [
    await measure('corrections_vs_read', '>= 0.5', '1 output in 100 is wrong', (seq) => seq % 100 === 7),
    await measure('corrections_of_most_vs_read', '>= 0.25', '4 outputs in 5 are wrong', (seq) => seq % 5 !== 0),
  ];
}
