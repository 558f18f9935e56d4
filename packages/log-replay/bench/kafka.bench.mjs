import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, createReadStream, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { findKafka, startKafkaBroker } from '@eventmend/test-services';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { inChild, withFolder } from './in-child.mjs';
import { installPythonPeer } from './install-python-peer.mjs';

const partitions = 4;
const pythonPackage = ['confluent-kafka', '2.11.1'];
const projectionWorker = 'transfers-projection-worker.mjs';
const run = promisify(execFile);

/**
 * Replaying a topic durably, on a real broker, against the loops that a service would write instead (kafkajs with a batch at a
 * time, Confluent's client in Python), which commit states and position every 50,000 events and keep no accounts, no order and
 * no digests; saving a topic against kcat writing it to a file; and whether a long run needs more memory at its end than in its
 * middle. All from connecting to the last commit, without the start of a program.
 */
export default async function kafka({ quick }) {
  const installation = await findKafka();
  if ('missing' in installation) {
    console.error(`the figures of Kafka are SKIPPED: ${installation.missing}`);
    return [];
  }
  const broker = await startKafkaBroker();
  const load = async (events) => {
    const topic = `transfers-${events}`;
    await inChild('kafka-load-child.mjs', [JSON.stringify({ bootstrap: broker.bootstrap, topic, events, partitions })]);
    return { bootstrap: broker.bootstrap, topic, events };
  };
  try {
    const topic = await load(quick ? 200_000 : 1_000_000);
    const long = await load(quick ? 500_000 : 5_000_000);
    return [
      ...(await measureReplays(topic)),
      ...(await measureSaves(topic)),
      await measureMemory('kafka_memory_flat', () => replay(long)),
      await measureMemory('kafka_save_memory_flat', () => save(long)),
    ];
  } finally {
    await broker.stop();
  }
}

/** Five rounds of some sides, in turns there and back, after one that does not count. Gives what each side measured. */
async function inTurns(sides) {
  const took = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let round = -1; round < 5; round++) {
    const order = Object.entries(sides);
    for (const [side, measure] of round % 2 === 0 ? order : order.reverse()) {
      const measured = await measure();
      if (round >= 0) took[side].push(measured);
    }
  }
  return took;
}

const ratios = (theirs, ours, of) => spread(theirs.map((measured, round) => measured[of] / ours[round][of]));

async function measureReplays(topic) {
  const python = installPythonPeer(...pythonPackage);
  if (python === null) console.error('kafka_replay_vs_confluent_python is SKIPPED: the client cannot be installed');
  const took = await inTurns({
    ours: () => replay(topic),
    eachBatch: () => withFolder((folder) => inChild('kafkajs-batches-child.mjs', [jobIn(topic, folder)])),
    ...(python && { python: () => withFolder((folder) => consumeInPython(python, topic, folder)) }),
    ...(kcatVersion && { kcat: () => readWithKcat(topic) }),
  });
  const rate = (side) => Math.round((topic.events * 1000) / spread(took[side].map(({ ms }) => ms))[1]);
  const kcat = kcatVersion ? `; kcat ${kcatVersion}, which throws the events away: ${rate('kcat')}` : '';
  const eachBatch = `kafkajs eachBatch and SQLite: ${rate('eachBatch')} events/s, ours ${rate('ours')}${kcat}`;
  const results = [
    ['kafka_replay_vs_eachbatch_cpu', '>= 1.0', 'eachBatch', 'cpuMs', eachBatch],
    ['kafka_replay_vs_eachbatch', '>= 1.3', 'eachBatch', 'ms', eachBatch],
  ];
  if (python !== null) {
    const peer = `confluent-kafka ${pythonPackage[1]}, json and SQLite: ${rate('python')} events/s, ours ${rate('ours')}`;
    results.push(['kafka_replay_vs_confluent_python', '>= 1.5', 'python', 'ms', peer]);
  }
  return results.map(([name, bar, side, of, peer]) => {
    const runs = ratios(took[side], took.ours, of);
    return { name, value: runs[1], unit: 'x', peer, bar, runs };
  });
}

async function measureSaves(topic) {
  if (!kcatVersion) {
    console.error('kafka_save_vs_kcat_to_file is SKIPPED: there is no kcat');
    return [];
  }
  const took = await inTurns({
    ours: () => save(topic),
    kcat: () => withFolder((folder) => keepWithKcat(topic, join(folder, 'saved.ndjson'))),
  });
  const rate = (side) => Math.round((topic.events * 1000) / spread(took[side].map(({ ms }) => ms))[1]);
  const runs = ratios(took.kcat, took.ours, 'ms');
  const peer = `kcat ${kcatVersion} -J into a file, synced and hashed: ${rate('kcat')} events/s, ours ${rate('ours')}`;
  return [{ name: 'kafka_save_vs_kcat_to_file', value: runs[1], unit: 'x', peer, bar: '>= 2', runs }];
}

/** The peak of the last tenth of a run over that of its middle fifth. */
async function measureMemory(name, measure) {
  const peaks = [];
  const shares = [];
  for (let round = 0; round < 5; round++) {
    const { memory } = await measure();
    const peakIn = (from, to) =>
      Math.max(...memory.slice(Math.floor(from * memory.length), Math.ceil(to * memory.length)));
    shares.push(peakIn(0.9, 1) / peakIn(0.4, 0.6));
    peaks.push(Math.max(...memory));
  }
  const floor = `its own middle; ${Math.round(spread(peaks)[1] / 1e6)} MB at most`;
  return { name, value: spread(shares)[1], unit: 'x', floor, bar: '<= 1.1', runs: spread(shares) };
}

const jobIn = (topic, folder) => JSON.stringify({ ...topic, file: join(folder, 'states.db') });

function replay(topic) {
  return withFolder((store) =>
    inChild('kafka-recover-child.mjs', [JSON.stringify({ ...topic, worker: projectionWorker, store })]),
  );
}

function save(topic) {
  return withFolder((folder) =>
    inChild('kafka-save-child.mjs', [JSON.stringify({ ...topic, archive: join(folder, 'saved.archive') })]),
  );
}

async function consumeInPython(python, { bootstrap, topic, events }, folder) {
  const words = ['kafka_batches.py', bootstrap, topic, events, join(folder, 'states.db')].map(String);
  const { stdout } = await run(python, words, { cwd: import.meta.dirname });
  return JSON.parse(stdout);
}

const kcatVersion = findKcat();

function findKcat() {
  try {
    return /Version ([\d.]+)/.exec(execFileSync('kcat', ['-V'], { encoding: 'utf8' }))?.[1] ?? 'of no known version';
  } catch {
    return null;
  }
}

/**
 * With `-e` alone kcat waits half a second at the end of a topic, until the broker has said that there is no more. That is no
 * reading, so it is told how many events there are (`-c`).
 */
async function kcat({ bootstrap, topic, events }, format, output) {
  const words = ['-b', bootstrap, '-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-c', String(events), ...format];
  const child = spawn('kcat', words, { stdio: ['ignore', output, 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`kcat ended with code ${code}`);
}

async function readWithKcat(topic) {
  const started = performance.now();
  await kcat(topic, ['-f', ''], 'ignore');
  return { ms: performance.now() - started };
}

/** What somebody does who wants to keep a topic and to be sure of it: each record with its place, on the disk, and a hash. */
async function keepWithKcat(topic, file) {
  const started = performance.now();
  const descriptor = openSync(file, 'w');
  try {
    await kcat(topic, ['-J'], descriptor);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return { ms: performance.now() - started, sha256: hash.digest('hex') };
}
