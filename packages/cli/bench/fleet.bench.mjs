import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleaved, spread } from '../../../.ci/bench/interleaved.mjs';

const bin = join(import.meta.dirname, '..', 'bundle', 'bin.js');

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts',
  version: '1.0.0',
  locality: 'partition',
  key: ({ key }) => key,
  initial: () => ({ balance: 0, bookings: 0 }),
  outputs: { balance: { kind: 'latest' } },
  evolve(state, { value }, context) {
    const balance = Math.max(0, state.balance + value.amount);
    context.emit('balance', balance);
    return { balance, bookings: state.bookings + 1 };
  },
});
`;

/** The document that a command prints. */
async function run(folder, ...words) {
  const child = spawn(process.execPath, [bin, ...words, '--json', '--quiet'], { cwd: folder });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`eventmend ${words.join(' ')} ended with code ${code}\n${err}`);
  return JSON.parse(out);
}

/** An archive with as many events in each partition, and a plan over them, cut into tasks. */
async function makeFleet(partitions, eventsEach, tasks) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-fleet-'));
  const stream = createWriteStream(join(folder, 'events.ndjson'));
  for (let n = 0; n < partitions * eventsEach; n++) {
    const partition = n % partitions;
    const line = JSON.stringify({
      ...{ topic: 'bookings', partition, offset: String(Math.floor(n / partitions)), timestamp: 1_700_000_000_000 + n },
      key: `account-${partition}-${(n * 7919) % 1000}`,
      value: { id: `booking-${n}`, amount: ((n * 37) % 1000) - 400, note: 'a booking of an account' },
    });
    if (!stream.write(line + '\n')) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  writeFileSync(join(folder, 'worker.mjs'), worker);
  const yaml = 'format_version: 1\nname: bench\nworker: ./worker.mjs\nlog: { archive: events.archive }\n';
  writeFileSync(join(folder, 'bench.incident.yaml'), yaml);
  await run(folder, 'archive', 'import', 'events.ndjson', '--into', 'events.archive', '--source', 'bench');
  await run(folder, 'plan', '--out', 'bench.plan.json');
  // The same plan as one task, which has one thread: what more of them are held against.
  for (const [fleet, most] of [
    ['fleet', tasks],
    ['one', 1],
  ]) {
    await run(folder, 'fleet', 'plan', fleet, '--plan', 'bench.plan.json', '--tasks', String(most));
  }
  return folder;
}

const again = (folder) => {
  rmSync(join(folder, '.eventmend', 'runs'), { recursive: true, force: true });
  for (const fleet of ['fleet', 'one']) rmSync(join(folder, fleet, 'tasks'), { recursive: true, force: true });
};

async function everyTask(folder, tasks, atOnce) {
  const waiting = Array.from({ length: tasks }, (_, task) => task);
  const work = async () => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      await run(folder, 'fleet', 'task', 'fleet', String(task), '--scratch', 'scratch');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** The digests of a fleet are those of one machine, or the figures are of no use. */
async function checkDigests(folder, tasks) {
  again(folder);
  const { run: alone } = await run(folder, 'recover', '--plan', 'bench.plan.json', '--yes');
  again(folder);
  await everyTask(folder, tasks, 2);
  const { run: fleet } = await run(folder, 'fleet', 'collect', 'fleet');
  for (const name of ['stateDigest', 'outputsDigest']) {
    if (alone[name] !== fleet[name])
      throw new Error(`${name}: ${alone[name]} on one machine, ${fleet[name]} of a fleet`);
  }
}

/** Two executors against one thread, what a task costs by itself, and very many partitions. */
export default async function fleet({ quick }) {
  const events = quick ? 200_000 : 2_000_000;
  const folders = [];
  const made = async (...shape) => {
    const folder = await makeFleet(...shape);
    folders.push(folder);
    return folder;
  };
  try {
    const two = await made(2, events / 2, 2);
    await checkDigests(two, 2);
    const { speed } = await interleaved({
      subject: async () => {
        again(two);
        const started = performance.now();
        await everyTask(two, 2, 2);
        return performance.now() - started;
      },
      reference: async () => {
        again(two);
        const started = performance.now();
        await run(two, 'fleet', 'task', 'one', '0', '--scratch', 'scratch');
        return performance.now() - started;
      },
      pairs: 5,
    });
    const small = await made(1, 10, 1);
    const seconds = [];
    for (let round = 0; round < 5; round++) {
      again(small);
      const started = performance.now();
      await everyTask(small, 1, 1);
      seconds.push((performance.now() - started) / 1000);
    }
    const tasks = 8;
    const many = await made(1000, quick ? 20 : 200, tasks);
    await checkDigests(many, tasks);
    const { speed: ofMany } = await interleaved({
      subject: async () => {
        again(many);
        const started = performance.now();
        await everyTask(many, tasks, 2);
        await run(many, 'fleet', 'collect', 'fleet');
        return performance.now() - started;
      },
      reference: async () => {
        again(many);
        const started = performance.now();
        await run(many, 'recover', '--plan', 'bench.plan.json', '--yes');
        return performance.now() - started;
      },
      pairs: 5,
    });
    const peer = 'one task on one thread';
    return [
      { name: 'fleet_two_executors', value: speed[1], unit: 'ratio', peer, bar: '>= 1.3', runs: speed },
      { name: 'fleet_task_by_itself', value: spread(seconds)[1], unit: 's', bar: '<= 1.5', runs: spread(seconds) },
      { name: 'fleet_1000_partitions', value: ofMany[1], unit: 'ratio', peer: 'recover', bar: '>= 0.3', runs: ofMany },
    ];
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}
