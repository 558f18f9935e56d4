import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openArchive } from '@eventmend/core/archive';
import { fillTopic } from './kafka/fill-topic.js';
import { demoPlace } from './prepare/demo-place.js';

/** `node dist/fill-kafka.js [--brokers HOST:PORT] [--data FOLDER] [--topic NAME]`: the log of the demo as a Kafka topic. */
const { values } = parseArgs({
  options: { brokers: { type: 'string' }, data: { type: 'string' }, topic: { type: 'string' } },
});
const brokers = values.brokers ?? process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092';
const topic = values.topic ?? 'flights';
const log = openArchive(join(demoPlace(values.data).data, 'flights.archive'));
try {
  const events = await fillTopic(log, brokers.split(','), topic, (done) => {
    process.stderr.write(`\r${done.toLocaleString('en-US')} events`);
  });
  console.log(`\n${events.toLocaleString('en-US')} events in the topic ${topic} of ${brokers}`);
} finally {
  log.close();
}
