// Recovers transfers from a topic: node kafka-recover-child.mjs JOB, JOB being { bootstrap, topic, events, worker, store,
// threads? } as JSON. Sends { ms, cpuMs, memory }: the time is from opening the log, connections and the plan included,
// to the end of the replay.
import { logReplay } from '@eventmend/log-replay';
import { openKafkaLog } from '@eventmend/core/kafka';
import { measured } from './measured.mjs';
import { sampleMemory } from './sample-memory.mjs';
import { transfersSituation } from './transfers-situation.mjs';

const { bootstrap, topic, events, worker, store, threads } = JSON.parse(process.argv[2]);
const memory = sampleMemory();
let report;
const took = await measured(async () => {
  const log = await openKafkaLog({ connection: { brokers: [bootstrap] }, topics: [topic] });
  const situation = transfersSituation({ log, as: 'kafka', worker, store, threads });
  report = (await logReplay(situation).recover(await logReplay(situation).plan())).report;
  log.close();
});
const { applied } = report.totals;
if (report.status !== 'recovered' || applied !== events) throw new Error(`${report.status}: ${applied} of ${events}`);
process.send({ ...took, memory: memory() });
process.disconnect();
