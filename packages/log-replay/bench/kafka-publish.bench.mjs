import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka } from 'kafkajs';
import { findKafka, kafkaJars, startKafkaBroker } from '@eventmend/test-services';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { inChild, withFolder } from './in-child.mjs';
import { installPythonPeer } from './install-python-peer.mjs';

const partitions = 4;
/** About what a record of the outbox takes, its headers included. */
const recordBytes = 400;
const scriptPackage = ['kafka-python', '2.2.15'];
const run = promisify(execFile);

/**
 * Input read, folded, committed, verified, its outputs published exactly once and read back, against the loops that do a
 * message at a time and neither verify nor read back; and publishing alone (the sealed outbox sent and read back) against
 * Kafka's own producer, which only sends. Rates, since a loop of as many messages would take an hour.
 */
export default async function kafkaPublish({ quick }) {
  const installation = await findKafka();
  if ('missing' in installation) {
    console.error(`the figures of publishing are SKIPPED: ${installation.missing}`);
    return [];
  }
  const jars = installation.jars ?? (await kafkaJars());
  const broker = await startKafkaBroker();
  const { bootstrap } = broker;
  const events = quick ? 60_000 : 500_000;
  const messages = quick ? 1000 : 5000;
  const rounds = quick ? 3 : 5;
  const topic = 'transfers';
  const python = installPythonPeer(...scriptPackage);
  if (python === null) console.error('kafka_exactly_once_vs_script is SKIPPED: kafka-python cannot be installed');
  let topics = 0;

  async function emptyTopic() {
    const name = `rebuilt-${topics++}`;
    const admin = new Kafka({ brokers: [bootstrap], logCreator: () => () => undefined }).admin();
    await admin.connect();
    const configEntries = [{ name: 'retention.ms', value: '-1' }];
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: name, numPartitions: partitions, configEntries }],
    });
    await admin.disconnect();
    return name;
  }

  const sides = {
    async ours() {
      const rebuilt = await emptyTopic();
      const job = (store) => JSON.stringify({ bootstrap, topic, rebuilt, events, store });
      const { ms, publishMs } = await withFolder((store) => inChild('kafka-publish-child.mjs', [job(store)]));
      return { rate: (events / ms) * 1000, publishing: (events / publishMs) * 1000 };
    },
    async kafkajs() {
      const job = { bootstrap, topic, rebuilt: await emptyTopic(), messages };
      const { ms } = await inChild('kafkajs-loop-child.mjs', [JSON.stringify(job)]);
      return { rate: (messages / ms) * 1000 };
    },
    async script() {
      if (python === null) return { rate: NaN };
      const words = [
        join(import.meta.dirname, 'kafka_loop.py'),
        bootstrap,
        topic,
        await emptyTopic(),
        String(messages),
      ];
      const { stdout } = await run(python, words);
      return { rate: messages / Number(stdout) };
    },
    async producer() {
      const program = join(import.meta.dirname, 'ProduceFlatOut.java');
      const words = [bootstrap, await emptyTopic(), String(events), String(recordBytes)];
      const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
      const { stdout } = await run(installation.java, [quiet, '-cp', join(jars, '*'), program, ...words]);
      return { rate: events / Number(stdout) };
    },
  };

  try {
    await inChild('kafka-load-child.mjs', [JSON.stringify({ bootstrap, topic, events, partitions })]);
    const rates = { ours: [], publishing: [], kafkajs: [], script: [], producer: [] };
    for (let round = 0; round < rounds; round++) {
      const names = Object.keys(sides);
      for (const name of round % 2 === 0 ? names : names.reverse()) {
        const { rate, publishing } = await sides[name]();
        rates[name].push(rate);
        if (publishing !== undefined) rates.publishing.push(publishing);
      }
    }
    const median = (name) => Math.round(spread(rates[name])[1]);
    const result = (name, over, under, bar, peer) => {
      const runs = spread(rates[over].map((rate, round) => rate / rates[under][round]));
      const floor = `ours: ${median(over)} events/s, from the input to what was read back`;
      return { name, value: runs[1], unit: 'x', floor, peer: `${peer}: ${median(under)} a second`, bar, runs };
    };
    return [
      ...(python === null
        ? []
        : [
            result(
              'kafka_exactly_once_vs_script',
              'ours',
              'script',
              '>= 200',
              `${scriptPackage.join(' ')}, a flush a message`,
            ),
          ]),
      result('kafka_exactly_once_vs_kafkajs', 'ours', 'kafkajs', '>= 80', 'kafkajs, a send a message, acks=all'),
      {
        ...result(
          'kafka_publish_vs_producer',
          'publishing',
          'producer',
          '>= 0.25',
          "Kafka's own producer, without transactions, sent only",
        ),
        floor: `ours: ${median('publishing')} outputs/s, sent in transactions and read back`,
      },
    ];
  } finally {
    await broker.stop();
  }
}
