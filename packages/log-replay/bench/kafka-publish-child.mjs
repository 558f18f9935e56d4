// Recovers transfers from a topic, verifies the run and publishes its outputs into an empty topic, which is read back:
// node kafka-publish-child.mjs JOB, JOB being { bootstrap, topic, rebuilt, events, store } as JSON. Sends { ms, publishMs }: all of
// it, from opening the log; and of that, from the sealed outbox to the end of the reading back.
import { performance } from 'node:perf_hooks';
import { logReplay } from '@eventmend/log-replay';
import { preparePublication } from '@eventmend/core/engine';
import { openKafkaLog } from '@eventmend/core/kafka';
import { measured } from './measured.mjs';
import { transfersSituation } from './transfers-situation.mjs';

const { bootstrap, topic, rebuilt, events, store } = JSON.parse(process.argv[2]);
const connection = { brokers: [bootstrap] };
let report;
let publishMs;
const { ms } = await measured(async () => {
  const log = await openKafkaLog({ connection, topics: [topic] });
  const situation = transfersSituation({ log, as: 'kafka', worker: 'transfers-local-worker.mjs', store, threads: 2 });
  const run = await logReplay(situation).recover(await logReplay(situation).plan());
  await logReplay(situation).verify(run);
  const target = { connection, topic: rebuilt, mapping: null, recordedUpTo: null };
  const request = { mode: 'rebuild', target, now: Date.now() };
  const prepared = await preparePublication(situation, run.report.runId, request);
  const started = performance.now();
  report = await prepared.publish({});
  publishMs = performance.now() - started;
  await prepared.close();
  log.close();
});
if (!report.complete || report.published !== events) throw new Error(`${report.published} of ${events} outputs`);
process.send({ ms, publishMs });
process.disconnect();
