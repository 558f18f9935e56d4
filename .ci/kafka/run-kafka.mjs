import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from '../workspace/paths.mjs';
import { prepare } from '../workspace/prepare.mjs';

const kit = join(root, '.ci', 'test-services', 'dist', 'index.js');
const usage = 'npm run kafka -- [--port N] [--version V]';

/** What the command line asks for; throws in words where it asks for nothing that there is. */
function readOptions(args) {
  const { values } = parseArgs({ args, options: { port: { type: 'string' }, version: { type: 'string' } } });
  const port = Number(values.port);
  if (values.port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new Error(`--port ${values.port} is no port`);
  }
  return {
    ...(values.port === undefined ? {} : { port }),
    ...(values.version === undefined ? {} : { version: values.version }),
  };
}

/** Settles when somebody asks this process to end. */
function askedToEnd() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve('asked'));
  });
}

/** Starts a broker, says how to reach it and waits for Ctrl-C. Returns the exit code. */
export async function runKafka(args) {
  let options;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error.message}\nusage: ${usage}`);
    return 2;
  }
  if (!existsSync(kit) && !(await prepare())) return 1;
  const { findKafka, startKafkaBroker } = await import(pathToFileURL(kit).href);
  // From here on Ctrl-C ends the broker in order; while it starts, the signal is kept until it can be.
  const asked = askedToEnd();
  try {
    const found = await findKafka(options.version);
    if (found.jars === null) console.log(`Kafka ${found.version} is fetched from Maven Central, once.`);
    const broker = await startKafkaBroker(options);
    console.log(`Kafka ${broker.version} runs here (process ${broker.pid}, log ${join(broker.folder, 'server.log')}).`);
    console.log('Ctrl-C stops it and removes its data.\n');
    console.log(`KAFKA_BROKERS=${broker.bootstrap}`);
    const why = await Promise.race([asked, broker.ended().then(() => 'ended')]);
    await broker.stop();
    if (why === 'asked') return 0;
    console.error('The broker has ended by itself, or was ended by another process.');
    return 1;
  } catch (error) {
    console.error(error.message);
    return 1;
  }
}
