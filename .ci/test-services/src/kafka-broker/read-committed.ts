import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { compileConsumer } from './compile-consumer.js';
import { findKafka } from './find-kafka.js';
import { kafkaJars } from './kafka-jars.js';

/** A record as a consumer of Kafka's own sees it, its bytes read as UTF-8. */
export interface CommittedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly time: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What a read-committed consumer sees of topics, in the order of each partition: by Kafka's own client in a process of its
 * own, since kafkajs gives records of transactions that were undone as well.
 * @throws Error where Java ends with an error, or takes longer than three minutes
 */
export async function readCommitted(
  bootstrap: string,
  ...topics: readonly string[]
): Promise<readonly CommittedRecord[]> {
  const [java, args] = await command([bootstrap, ...topics]);
  const { stdout } = await promisify(execFile)(java, args, { maxBuffer: 2 ** 29, timeout: 180_000 });
  return recordsOf(stdout).sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

/** A consumer that reads on while things happen. */
export interface CommittedWatch {
  /** What it has seen so far, in the order in which it saw it. */
  seen(): readonly CommittedRecord[];
  /** Lets it read to the end of what is stable now, and gives all that it saw. */
  end(): Promise<readonly CommittedRecord[]>;
}

/**
 * The same consumer, which reads what comes until it is ended. It has nothing to do with the processes that are killed.
 * @throws Error from `end`, where Java ended with an error
 */
export async function watchCommitted(bootstrap: string, ...topics: readonly string[]): Promise<CommittedWatch> {
  const [java, args] = await command(['--follow', bootstrap, ...topics]);
  const child = spawn(java, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  const closed = once(child, 'close');
  const lines = () => text.slice(0, text.lastIndexOf('\n') + 1);
  return {
    seen: () => recordsOf(lines()),
    async end() {
      child.stdin.end();
      const [code] = (await closed) as [number | null];
      if (code !== 0) throw new Error(`the consumer ended with ${String(code)}`);
      return recordsOf(text);
    },
  };
}

async function command(words: readonly string[]): Promise<readonly [program: string, args: readonly string[]]> {
  const installation = await findKafka();
  if ('missing' in installation) throw new Error(installation.missing);
  const jars = installation.jars ?? (await kafkaJars());
  const path = [await compileConsumer(installation.java, jars), join(jars, '*')].join(delimiter);
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
  return [
    installation.java,
    ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', quiet, '-cp', path, 'ReadCommitted', ...words],
  ];
}

function recordsOf(text: string): CommittedRecord[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(recordOf);
}

function recordOf(line: string): CommittedRecord {
  const [topic = '', partition, offset, time, key, value, ...headers] = line.split('\t');
  return {
    ...{ topic, partition: Number(partition), offset: Number(offset), time: Number(time) },
    ...{ key: textOf(key), value: textOf(value) },
    headers: Object.fromEntries(
      headers.map((header) => {
        const [name, content] = header.split(':');
        return [textOf(name) ?? '', textOf(content) ?? ''];
      }),
    ),
  };
}

function textOf(base64: string | undefined): string | null {
  return base64 === undefined || base64 === '-' ? null : Buffer.from(base64, 'base64').toString('utf8');
}
