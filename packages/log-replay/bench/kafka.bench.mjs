import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { findKafka, startKafkaBroker } from '@eventmend/test-services';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { inChild, onOneCore, withFolder } from './in-child.mjs';

const partitions = 4;
const peerName = 'kcat';

/**
 * Replaying topics and saving them, on a real broker, against kcat, which throws the events away; and what memory both take
 * at ten times the events. Of kcat counts the whole process, with its start of some 20 ms; of ours all from connecting to
 * the end, without the start of node. With `-e` alone kcat waits half a second at the end of a topic, until the broker has
 * said that there is no more. That is no reading, so it is told how many events there are (`-c`); how it does with `-e`
 * alone stands beside the figure.
 */
export default async function kafka({ quick }) {
  const installation = await findKafka();
  if ('missing' in installation) {
    console.error(`the figures of Kafka are SKIPPED: ${installation.missing}`);
    return [];
  }
  const broker = await startKafkaBroker();
  const { bootstrap } = broker;
  const load = async (events) => {
    const topic = `transfers-${events}`;
    await inChild('kafka-load-child.mjs', [JSON.stringify({ bootstrap, topic, events, partitions })]);
    return { bootstrap, topic, events };
  };
  try {
    const small = quick ? 50_000 : 500_000;
    const topic = await load(quick ? 200_000 : 1_000_000);
    const speeds = await measureSpeeds(topic, kcatVersion());
    return [...speeds, ...(await measureMemory([await load(small), await load(10 * small)]))];
  } finally {
    await broker.stop();
  }
}

async function measureSpeeds(topic, version) {
  if (version === null) {
    console.error('kafka_replay_vs_kcat, …_two_threads and kafka_save_vs_kcat are SKIPPED: there is no kcat');
    return [];
  }
  const pinned = onOneCore !== null;
  if (!pinned) console.error('there is no taskset: kafka_replay_vs_kcat is measured with all cores on both sides');
  const figures = [
    {
      name: 'kafka_replay_vs_kcat',
      bar: '>= 0.6',
      ours: () => replay(topic, { pinned }),
      cores: pinned ? 'both held to one core' : 'nobody held to one core: there is no taskset',
      pinned,
      parses: true,
    },
    {
      name: 'kafka_replay_vs_kcat_two_threads',
      bar: '>= 1.0',
      ours: () => replay(topic, { worker: 'transfers-local-projection-worker.mjs', threads: 2 }),
      cores: 'nobody held to one core',
      pinned: false,
      parses: false,
    },
    {
      name: 'kafka_save_vs_kcat',
      bar: '>= 0.8',
      ours: () => save(topic),
      cores: 'nobody held to one core',
      pinned: false,
      parses: false,
    },
  ];
  const results = [];
  for (const figure of figures) results.push(await measureSpeed(topic, version, figure));
  return results;
}

async function measureSpeed(topic, version, { name, bar, ours, cores, pinned, parses }) {
  const took = { ours: [], kcat: [], waiting: [], parsing: [] };
  for (let round = -1; round < 5; round++) {
    const sides = [
      ['ours', async () => (await ours()).ms],
      ['kcat', () => kcat(topic, ['-c', String(topic.events)], pinned)],
      ['waiting', () => kcat(topic, [], pinned)],
      ...(parses ? [['parsing', () => parse(topic, pinned)]] : []),
    ];
    for (const [side, measure] of round % 2 === 0 ? sides : sides.reverse()) {
      const ms = await measure();
      if (round >= 0) took[side].push(ms);
    }
  }
  const ratios = (side) => spread(took[side].map((ms, round) => ms / took.ours[round]));
  const rate = (side) => Math.round((topic.events * 1000) / spread(took[side])[1]);
  const peer =
    `kcat ${version} to nowhere, ${cores}: ${rate('kcat')} events/s, ours ${rate('ours')}; ` +
    `a ratio of ${ratios('waiting')[1].toFixed(2)} where kcat waits for the end of the topic`;
  const floor = parses ? `JSON.parse of the same texts in memory: ${rate('parsing')} events/s` : null;
  const runs = ratios('kcat');
  return { name, value: runs[1], unit: 'x', floor, peer, bar, runs };
}

/** Milliseconds that parsing the same events takes and nothing else: what no replay in one thread can go below. */
async function parse({ events }, pinned) {
  return (await inChild('parse-child.mjs', [JSON.stringify({ events, partitions, local: true })], { pinned })).ms;
}

async function measureMemory(topics) {
  const figures = [
    { name: 'kafka_memory_at_10x', run: (topic) => replay(topic, {}) },
    { name: 'kafka_save_memory_at_10x', run: save },
  ];
  const results = [];
  for (const { name, run } of figures) {
    const peaks = [[], []];
    for (let pair = 0; pair < 5; pair++) {
      for (const side of pair % 2 === 0 ? [0, 1] : [1, 0]) peaks[side].push((await run(topics[side])).peakBytes);
    }
    const runs = spread(peaks[0].map((peak, pair) => peaks[1][pair] / peak));
    const floor = `${Math.round(spread(peaks[0])[1] / 2 ** 20)} MiB for ${topics[0].events} events`;
    results.push({ name, value: runs[1], unit: 'x', floor, bar: '<= 1.1', runs });
  }
  return results;
}

function replay(topic, { worker = 'transfers-projection-worker.mjs', threads, pinned = false }) {
  return withFolder((store) =>
    inChild('kafka-recover-child.mjs', [JSON.stringify({ ...topic, worker, threads, store })], { pinned }),
  );
}

function save(topic) {
  return withFolder((folder) =>
    inChild('kafka-save-child.mjs', [JSON.stringify({ ...topic, archive: join(folder, 'saved.archive') })]),
  );
}

function kcatVersion() {
  try {
    return /Version ([\d.]+)/.exec(execFileSync(peerName, ['-V'], { encoding: 'utf8' }))?.[1] ?? 'of no known version';
  } catch {
    return null;
  }
}

/** Milliseconds that kcat takes to read a topic to nowhere. */
async function kcat({ bootstrap, topic }, more, pinned) {
  const read = [peerName, '-b', bootstrap, '-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-f', '', ...more];
  const [program, ...args] = pinned ? [...onOneCore, ...read] : read;
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`kcat ended with code ${code}`);
  return performance.now() - started;
}
