import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';
import { openCheckpoint, openCheckpointer } from '@eventmend/checkpoint';
import { defineWorker } from '@eventmend/core';
import Database from 'better-sqlite3';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';

const worker = defineWorker({
  name: 'accounts',
  version: '1.0.0',
  key: (event) => event.key,
  initial: () => ({ cents: 0, payments: 0, last: null }),
  evolve: ({ cents, payments }, { value, time }) => ({
    cents: cents + value.cents,
    payments: payments + 1,
    last: time,
  }),
});

const batchEvents = 10_000;

function eventsFrom(start, count, keys) {
  return Array.from({ length: count }, (_, index) => {
    const offset = start + index;
    return {
      offset,
      key: `account-${offset % keys}`,
      time: 1_700_000_000_000 + offset,
      value: { cents: offset % 1000 },
    };
  });
}

async function fill(folder, keys, settings = {}) {
  const checkpointer = await openCheckpointer({
    folder,
    worker,
    every: { events: Number.MAX_SAFE_INTEGER, seconds: 86_400 },
    fullEvery: 1000,
    ...settings,
  });
  for (let from = 0; from < keys; from += batchEvents) {
    await checkpointer.apply({
      topic: 't',
      partition: 0,
      events: eventsFrom(from, Math.min(batchEvents, keys - from), keys),
    });
  }
  return checkpointer;
}

/** Making a checkpoint of 1,000 changed keys, over many keys and over a tenth of them. */
async function costSlope(folder, keys, quick) {
  const many = await fill(join(folder, 'many'), keys);
  const few = await fill(join(folder, 'few'), keys / 10);
  await many.checkpoint();
  await few.checkpoint();
  const next = new Map([
    [many, keys],
    [few, keys / 10],
  ]);
  const change = async (checkpointer) => {
    const start = next.get(checkpointer);
    next.set(checkpointer, start + 1000);
    await checkpointer.apply({
      topic: 't',
      partition: 0,
      events: eventsFrom(start, 1000, checkpointer === many ? keys : keys / 10),
    });
    const started = performance.now();
    await checkpointer.checkpoint();
    return performance.now() - started;
  };
  const { speed } = await interleaved({
    subject: () => change(many),
    reference: () => change(few),
    pairs: quick ? 5 : 9,
  });
  await many.close();
  await few.close();
  const slope = speed.map((ratio) => 1 / ratio).reverse();
  const floor = `the same among ${keys / 10} keys`;
  return { name: 'checkpoint_cost_slope', value: slope[1], unit: 'x', floor, bar: '<= 2', runs: slope };
}

/** Every state of a whole checkpoint, its content checked, against decoding every line of its file. */
async function restore(folder, keys, quick) {
  const path = join(folder, 'whole');
  const checkpointer = await fill(path, keys);
  const { file, id } = await checkpointer.checkpoint();
  await checkpointer.close();
  let rows = 0;
  const { speed } = await interleaved({
    async subject() {
      for (const { text } of openCheckpoint(path, id).rows()) rows += JSON.parse(text).payments;
    },
    async reference() {
      for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
        rows -= JSON.parse(line).state?.payments ?? 0;
      }
    },
    pairs: quick ? 5 : 7,
  });
  if (rows !== 0) throw new Error('the checkpoint holds other rows than its file');
  const times = speed.map((ratio) => 1 / ratio).reverse();
  const floor = 'reading the file and JSON.parse of each line';
  return { name: 'checkpoint_restore_vs_file', value: times[1], unit: 'x', floor, bar: '<= 1.2', runs: times };
}

const batchesOf = (events, keys) =>
  Array.from({ length: events / batchEvents }, (_, index) => eventsFrom(index * batchEvents, batchEvents, keys));

/** Milliseconds that it takes to apply the batches, with checkpoints every so many events. */
async function applyAll(folder, batches, every) {
  const checkpointer = await openCheckpointer({ folder, worker, every: { events: every, seconds: 86_400 } });
  const started = performance.now();
  for (const events of batches) await checkpointer.apply({ topic: 't', partition: 0, events });
  const took = performance.now() - started;
  await checkpointer.close();
  rmSync(folder, { recursive: true, force: true });
  return took;
}

/** Applying events with a checkpoint every 100,000, against applying them without any. */
async function overhead(folder, events, keys) {
  const batches = batchesOf(events, keys);
  const { speed } = await interleaved({
    subject: () => applyAll(join(folder, 'with'), batches, 100_000),
    reference: () => applyAll(join(folder, 'without'), batches, Number.MAX_SAFE_INTEGER),
    pairs: 5,
  });
  const floor = 'the same commits of states and position, no checkpoints';
  return { name: 'checkpointing_overhead', value: speed[1], unit: 'x', floor, bar: '>= 0.8', runs: speed };
}

/** Applying events durably, against a fold in memory that commits its position alone. */
async function applied(folder, events, keys) {
  const batches = batchesOf(events, keys);
  let round = 0;
  const { speed } = await interleaved({
    subject: () => applyAll(join(folder, 'live'), batches, 100_000),
    reference() {
      const database = new Database(join(folder, `position-${++round}.sqlite`));
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.exec('CREATE TABLE position (next INTEGER)');
      const write = database.prepare('INSERT INTO position VALUES (?)');
      const states = new Map();
      const started = performance.now();
      for (const batch of batches) {
        for (const { key, value, time } of batch) {
          const { cents, payments } = states.get(key) ?? { cents: 0, payments: 0 };
          states.set(key, { cents: cents + value.cents, payments: payments + 1, last: time });
        }
        write.run(batch.at(-1).offset + 1);
      }
      const took = performance.now() - started;
      database.close();
      return took;
    },
    pairs: 5,
  });
  const floor = 'a fold in memory that commits its position alone';
  return { name: 'live_apply_vs_memory', value: speed[1], unit: 'x', floor, bar: '', runs: speed };
}

export default async function checkpoints({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    const keys = quick ? 200_000 : 1_000_000;
    return [
      await costSlope(folder, keys, quick),
      await restore(folder, keys, quick),
      await overhead(folder, quick ? 200_000 : 1_000_000, 20_000),
      await applied(folder, quick ? 200_000 : 1_000_000, 20_000),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
