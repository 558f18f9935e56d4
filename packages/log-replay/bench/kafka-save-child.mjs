// Saves a topic into a new archive: node kafka-save-child.mjs JOB, JOB being { bootstrap, topic, events, archive } as JSON.
// Sends { ms, cpuMs, memory }: the time is that of the whole call, connections included.
import { saveTopics } from '@eventmend/core/kafka';
import { measured } from './measured.mjs';
import { sampleMemory } from './sample-memory.mjs';

const { bootstrap, topic, events, archive } = JSON.parse(process.argv[2]);
const memory = sampleMemory();
let report;
const took = await measured(async () => {
  report = await saveTopics({ connection: { brokers: [bootstrap] }, topics: [topic], archive, now: Date.now });
});
const saved = report.partitions.reduce((sum, partition) => sum + partition.events, 0);
if (saved !== events) throw new Error(`${saved} of ${events} events were saved`);
process.send({ ...took, memory: memory() });
process.disconnect();
