import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  kafkaOrSkip,
  startKafkaBroker,
  defaultKafkaVersion,
  testedKafkaVersions,
  unsecuredToken,
  type KafkaBroker,
} from '@eventmend/test-services';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  ResourcePatternTypes,
  type KafkaConfig,
} from 'kafkajs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

/** The other line is started by the tests of reading in any case. */
const full = process.env['EVENTMEND_FULL'] !== undefined;
const versions = full ? testedKafkaVersions : [defaultKafkaVersion];
const testInFull = full ? test : () => undefined;

const describeWithKafka = await kafkaOrSkip(describe, { versions: testedKafkaVersions, own: true });

const values = ['one', 'two', 'three'];

function clientOf(bootstrap: string, config: Partial<KafkaConfig> = {}): Kafka {
  const retry = { retries: 4, initialRetryTime: 100 };
  return new Kafka({ clientId: 'test', brokers: [bootstrap], logCreator: () => () => {}, retry, ...config });
}

async function withAdmin<Result>(
  kafka: Kafka,
  action: (admin: ReturnType<Kafka['admin']>) => Promise<Result>,
): Promise<Result> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}

async function createTopic(broker: KafkaBroker, topic: string): Promise<void> {
  await withAdmin(clientOf(broker.admin), (admin) => admin.createTopics({ waitForLeaders: true, topics: [{ topic }] }));
}

async function produce(kafka: Kafka, topic: string): Promise<void> {
  const producer = kafka.producer({ createPartitioner: () => () => 0 });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

/** What a new group reads from the beginning, until there are as many as were written. */
async function consume(kafka: Kafka, topic: string, groupId: string): Promise<string[]> {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const read: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      read.push(String(message.value));
      if (read.length === values.length) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return read;
}

/** The bytes that the broker has on disk: a second opinion that no client has a part in. */
function segmentOf(broker: KafkaBroker, topic: string): string {
  return readFileSync(join(broker.folder, 'data', `${topic}-0`, '00000000000000000000.log'), 'latin1');
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + 15_000; !condition(); await sleep(50)) {
    if (performance.now() > end) throw new Error(`${what}: not within 15 seconds`);
  }
}

const brokers: KafkaBroker[] = [];
async function start(...args: Parameters<typeof startKafkaBroker>): Promise<KafkaBroker> {
  const broker = await startKafkaBroker(...args);
  brokers.push(broker);
  return broker;
}
afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
});

describeWithKafka('a broker of its own', () => {
  beforeAll(() => {
    vi.stubEnv('KAFKAJS_NO_PARTITIONER_WARNING', '1');
  });

  test.each(versions)('%s keeps its data through a crash and leaves nothing behind', async (version) => {
    const broker = await start({ version });
    const kafka = clientOf(broker.bootstrap);
    await createTopic(broker, 'orders');
    await produce(kafka, 'orders');
    expect(await consume(kafka, 'orders', 'before')).toEqual(values);
    for (const value of values) expect(segmentOf(broker, 'orders')).toContain(value);

    const first = broker.pid!;
    await broker.kill();
    expect(broker.pid).toBeNull();
    expect(alive(first)).toBe(false);
    await broker.restart();
    expect(broker.pid).not.toBe(first);
    expect(await consume(clientOf(broker.bootstrap), 'orders', 'after')).toEqual(values);

    const last = broker.pid!;
    await broker.stop();
    await broker.stop();
    expect(alive(last)).toBe(false);
    expect(existsSync(broker.folder)).toBe(false);
    await expect(broker.restart()).rejects.toThrow('has been stopped');
  });

  test('answers nothing while it is paused', async () => {
    const broker = await start();
    const answer = (): Promise<unknown> =>
      withAdmin(
        clientOf(broker.bootstrap, { connectionTimeout: 500, requestTimeout: 500, retry: { retries: 0 } }),
        (a) => a.listTopics(),
      );
    await answer();
    broker.pause();
    await expect(answer()).rejects.toThrow();
    broker.resume();
    await answer();

    const { port } = new URL(`http://${broker.bootstrap}`);
    await expect(startKafkaBroker({ port: Number(port) })).rejects.toThrow(`port ${port} is taken`);
  });

  test('goes on with the data of a folder that the caller keeps', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eventmend-'));
    try {
      const first = await start({ dataFolder: folder });
      await createTopic(first, 'kept');
      await produce(clientOf(first.bootstrap), 'kept');
      await first.stop();
      const second = await start({ dataFolder: folder });
      expect(await consume(clientOf(second.bootstrap), 'kept', 'second')).toEqual(values);
      await second.stop();
      expect(existsSync(join(folder, 'data'))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('says with the words of the broker why it does not start', async () => {
    const wrong = start({ properties: { 'log.retention.ms': 'soon' } });
    await expect(wrong).rejects.toThrow('Invalid value soon for configuration log.retention.ms');
  });

  test('ends with the process that has started it, even by SIGKILL', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'eventmend-'));
    try {
      const program = `
        const { startKafkaBroker } = await import(${JSON.stringify(import.meta.resolve('@eventmend/test-services'))});
        const { pid } = await startKafkaBroker();
        console.log(pid);
        setInterval(() => {}, 1000);`;
      const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
      expect(alive(Number(line))).toBe(true);
      expect(readdirSync(temporary)).toHaveLength(1);
      parent.kill('SIGKILL');
      await until(() => !alive(Number(line)), 'the broker ends');
      await until(() => readdirSync(temporary).length === 0, 'its data is removed');
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
});

describeWithKafka('a broker with security', () => {
  test('SASL over TLS: who proves to be a user, and may, gets in', async () => {
    const broker = await start({
      security: {
        tls: true,
        users: [
          { name: 'alice', password: "s3cret'#!", mechanisms: ['plain', 'scram-sha-256', 'scram-sha-512'] },
          { name: 'bob', password: '', mechanisms: ['oauthbearer'] },
        ],
        authorizer: true,
        superUsers: ['alice'],
      },
    });
    await createTopic(broker, 'secret');
    const ssl = { ca: [broker.security!.ca!] };
    const topicsSeenWith = (config: Partial<KafkaConfig>): Promise<string[]> =>
      withAdmin(clientOf(broker.bootstrap, { retry: { retries: 0 }, ...config }), (admin) => admin.listTopics());

    const alice = { username: 'alice', password: "s3cret'#!" };
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
      expect(await topicsSeenWith({ ssl, sasl: { mechanism, ...alice } as never })).toContain('secret');
      const wrong = topicsSeenWith({ ssl, sasl: { mechanism, ...alice, password: 'guessed' } as never });
      await expect(wrong).rejects.toThrow(/authentication/i);
    }
    const client = clientOf(broker.bootstrap, { ssl, sasl: { mechanism: 'scram-sha-512', ...alice } });
    await produce(client, 'secret');
    expect(await consume(client, 'secret', 'readers')).toEqual(values);

    const bearer = (token: string): Partial<KafkaConfig> => ({
      ssl,
      sasl: { mechanism: 'oauthbearer', oauthBearerProvider: () => Promise.resolve({ value: token }) },
    });
    expect(await topicsSeenWith(bearer(unsecuredToken('bob')))).toEqual([]);
    await expect(topicsSeenWith(bearer(unsecuredToken('bob', -600)))).rejects.toThrow();
    await withAdmin(clientOf(broker.admin), (admin) =>
      admin.createAcls({
        acl: [
          {
            principal: 'User:bob',
            host: '*',
            operation: AclOperationTypes.DESCRIBE,
            permissionType: AclPermissionTypes.ALLOW,
            resourceType: AclResourceTypes.TOPIC,
            resourceName: 'secret',
            resourcePatternType: ResourcePatternTypes.LITERAL,
          },
        ],
      }),
    );
    expect(await topicsSeenWith(bearer(unsecuredToken('bob')))).toEqual(['secret']);

    await expect(topicsSeenWith({ ssl: true, sasl: { mechanism: 'plain', ...alice } })).rejects.toThrow(/certificate/);
    await expect(topicsSeenWith({ sasl: { mechanism: 'plain', ...alice } })).rejects.toThrow();
  });

  testInFull('3.9.1 with client certificates: who has none stays outside', async () => {
    const broker = await start({
      version: '3.9.1',
      security: { tls: true, clientCertificates: true, authorizer: true, superUsers: ['CN=client'] },
    });
    await createTopic(broker, 'secret');
    const { ca, clientCertificate } = broker.security!;
    const { certificate: cert, key } = clientCertificate!;
    const topics = (ssl: object): Promise<string[]> =>
      withAdmin(clientOf(broker.bootstrap, { ssl, retry: { retries: 0 } }), (admin) => admin.listTopics());
    expect(await topics({ ca: [ca], cert, key })).toContain('secret');
    await expect(topics({ ca: [ca] })).rejects.toThrow();
  });

  testInFull('3.9.1 with SCRAM without TLS', async () => {
    const users = [{ name: 'alice', password: 'open', mechanisms: ['scram-sha-256'] }] as const;
    const broker = await start({ version: '3.9.1', security: { tls: false, users } });
    await createTopic(broker, 'open');
    const sasl = { mechanism: 'scram-sha-256', username: 'alice', password: 'open' } as const;
    expect(await withAdmin(clientOf(broker.bootstrap, { sasl }), (admin) => admin.listTopics())).toContain('open');
    expect(broker.security).toEqual({ ca: null, clientCertificate: null });
  });
});
