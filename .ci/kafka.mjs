// npm run kafka: a Kafka of one node on this machine, for as long as it is wanted. --port N, --version V.
import './workspace/require-node.mjs';

const { runKafka } = await import('./kafka/run-kafka.mjs');
process.exitCode = await runKafka(process.argv.slice(2));
