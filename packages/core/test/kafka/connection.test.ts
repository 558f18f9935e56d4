import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRecoveryError } from '../../src/model/errors/recovery-error.js';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes, type AclEntry } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ConnectionFinding } from '../../src/sources/kafka/connection/connection-finding.js';
import { examineConnection } from '../../src/sources/kafka/connection/examine-connection.js';
import { explainKafkaError } from '../../src/sources/kafka/connection/explain-kafka-error.js';
import { createKafkaClient } from '../../src/sources/kafka/connection/kafka-client.js';
import type { KafkaSettings } from '../../src/sources/kafka/connection/kafka-settings.js';
import { leastPermissions, type LeastPermission } from '../../src/sources/kafka/connection/least-permissions.js';
import { kafkaOrSkip } from '@eventmend/test-services';
import { kafkaUnderTest } from './kafka-under-test.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const kafka = await kafkaUnderTest();
const passwordName = 'EVENTMEND_TEST_READER_PASSWORD';

afterAll(() => kafka?.stop());

describeWithKafka('a real broker', () => {
  const { bootstrap, secureBootstrap, ca, users } = kafka ?? {
    bootstrap: '',
    secureBootstrap: '',
    ca: '',
    users: { reader: { name: '', password: '' } },
  };
  const limits = { connectionTimeoutMs: 5_000, requestTimeoutMs: 10_000 };
  const open: KafkaSettings = { brokers: [bootstrap], ...limits };
  const sasl = { mechanism: 'scram-sha-512', username: users.reader.name, password: { env: passwordName } } as const;
  const reader: KafkaSettings = { brokers: [secureBootstrap], tls: { ca }, sasl, ...limits };
  const topic = `transfers-${randomUUID()}`;
  const group = `service-${randomUUID()}`;
  const admin = kafka === null ? null : createKafkaClient(open).admin();

  function rule({ operation, resourceType }: Pick<LeastPermission, 'operation' | 'resourceType'>): AclEntry {
    const operations = {
      Read: 'READ',
      Write: 'WRITE',
      Describe: 'DESCRIBE',
      DescribeConfigs: 'DESCRIBE_CONFIGS',
    } as const;
    return {
      resourceType: resourceType === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
      resourceName: resourceType === 'topic' ? topic : group,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: `User:${users.reader.name}`,
      host: '*',
      operation: AclOperationTypes[operations[operation]],
      permissionType: AclPermissionTypes.ALLOW,
    };
  }

  async function allow(...rules: readonly AclEntry[]): Promise<void> {
    await admin?.createAcls({ acl: [...rules] });
  }

  async function forbid(...rules: readonly AclEntry[]): Promise<void> {
    await admin?.deleteAcls({ filters: [...rules] });
  }

  const examine = (settings: KafkaSettings = reader): Promise<ConnectionFinding[]> =>
    examineConnection({ settings, topics: [topic], group });
  const missing = (findings: readonly ConnectionFinding[]): unknown[] =>
    findings.flatMap((finding) => finding.missing ?? []);
  const at = (findings: readonly ConnectionFinding[], step: ConnectionFinding['step']): ConnectionFinding | undefined =>
    findings.find((finding) => finding.step === step);
  const states = (findings: readonly ConnectionFinding[]): string[] =>
    findings.map(({ step, state }) => `${step} ${state}`);

  /** A broker follows the rules of the cluster a moment after they were made. */
  const soon = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 120_000, interval: 200 });

  beforeAll(async () => {
    if (admin === null) return;
    process.env[passwordName] = users.reader.password;
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
    const producer = createKafkaClient(open).producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    await producer.send({ topic, messages: Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, value: `v${i}` })) });
    await producer.disconnect();
    await admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '1' }] });
    await allow(...leastPermissions.read.map(rule));
  });

  afterAll(async () => {
    if (admin === null) return;
    await forbid(...leastPermissions.read.map(rule), rule({ operation: 'Describe', resourceType: 'topic' }));
    await admin.deleteGroups([group]);
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
    Reflect.deleteProperty(process.env, passwordName);
  });

  it('is read with the least permissions, and nothing else is wrong', async () => {
    await soon(async () => {
      const findings = await examine();
      expect(states(findings)).toEqual([
        'settings ok',
        'name ok',
        'port ok',
        'tls ok',
        'protocol ok',
        'sign-in ok',
        'metadata ok',
        'advertised ok',
        'topic ok',
        'leaders ok',
        'offsets ok',
        'read ok',
        'retention ok',
        'group ok',
        'clock not-checked',
      ]);
      expect(at(findings, 'tls')?.found).toMatch(/^TLSv1\.[23]; certificate of .+, by .+, until .+ GMT$/);
      expect(at(findings, 'protocol')?.found).toMatch(/^Kafka [34]\.x/);
      expect(at(findings, 'offsets')?.found).toContain('20 events in 3 partitions');
      expect(at(findings, 'group')?.found).toBe('offsets committed for 1 of 3 partitions');
    });
  });

  it.each(leastPermissions.read)(
    'names $operation on the $resourceType, and only this, when it is missing',
    async (lacks) => {
      await forbid(rule(lacks));
      try {
        await soon(async () => {
          const { operation, resourceType } = lacks;
          const name = resourceType === 'topic' ? topic : group;
          const findings = await examine();
          expect(missing(findings)).toEqual([
            { operation, resourceType, name, principal: `User:${users.reader.name}` },
          ]);
          const finding = findings.find((each) => each.missing !== undefined);
          expect(finding?.state).toBe(lacks.operation === 'DescribeConfigs' ? 'doubtful' : 'failed');
          expect(finding?.hint).toContain(`--operation ${operation} --${resourceType} ${name}`);
        });
      } finally {
        await allow(rule(lacks));
      }
    },
  );

  it('tells seeing a topic from reading it', async () => {
    const read = rule({ operation: 'Read', resourceType: 'topic' });
    await allow(rule({ operation: 'Describe', resourceType: 'topic' }));
    await forbid(read);
    try {
      await soon(async () => {
        const findings = await examine();
        expect(at(findings, 'offsets')?.state).toBe('ok');
        expect(at(findings, 'read')).toMatchObject({ state: 'failed', missing: { operation: 'Read', name: topic } });
      });
    } finally {
      await allow(read);
      await forbid(rule({ operation: 'Describe', resourceType: 'topic' }));
    }
  });

  it('is read without signing in where nobody is asked to, and the nearest topic is named', async () => {
    const findings = await examineConnection({ settings: open, topics: [topic.replace('transfers', 'transferz')] });
    expect(at(findings, 'sign-in')).toMatchObject({ state: 'ok', found: expect.stringContaining('User:ANONYMOUS') });
    expect(at(findings, 'topic')).toMatchObject({ state: 'failed', hint: `did you mean "${topic}"?` });
  });

  it('ends what depends on a step that failed', async () => {
    const findings = await examine({ ...open, brokers: [secureBootstrap] });
    expect(states(findings)).toEqual([
      'settings ok',
      'name ok',
      'port ok',
      'tls not-checked',
      'protocol failed',
      'metadata not-checked',
      'topic not-checked',
      'group not-checked',
    ]);
    expect(at(findings, 'protocol')?.hint).toContain('set tls');
  });

  it('shows the certificate that is refused', async () => {
    const tls = at(await examine({ ...reader, tls: true }), 'tls');
    expect(tls).toMatchObject({ state: 'failed', found: expect.stringMatching(/not believed here.*certificate of/) });
  });

  it('says how it lets in', async () => {
    const { sasl: _, ...noSasl } = reader;
    expect(at(await examine(noSasl), 'sign-in')).toMatchObject({
      state: 'failed',
      hint: expect.stringContaining('SCRAM-SHA-512'),
    });
    expect(at(await examine({ ...open, sasl }), 'sign-in')?.found).toContain('does not ask anybody to sign in');
  });

  describe('what the client throws', () => {
    const wrong = { ...sasl, password: { command: [process.execPath, '-p', '"wrong-pass" + "word"'] } };
    const { sasl: _, ...noSasl } = reader;
    it.each<[string, string, KafkaSettings, RegExp]>([
      ['nothing listens', 'kafka-unreachable', { ...open, brokers: ['127.0.0.1:1'] }, /nothing listens/],
      [
        'no such host',
        'kafka-unreachable',
        { ...open, brokers: ['no-such-host.invalid:9092'] },
        /no host of this name|name server/,
      ],
      [
        'no TLS on a port with TLS',
        'kafka-tls-failed',
        { ...open, brokers: [secureBootstrap] },
        /closed the connection at once/,
      ],
      ['TLS on a port without', 'kafka-tls-failed', { ...open, tls: true }, /no TLS came back/],
      ['an authority that is not believed', 'kafka-tls-failed', { ...reader, tls: true }, /not believed here/],
      ['another name', 'kafka-tls-failed', { ...reader, tls: { ca, serverName: 'other.example' } }, /for another name/],
      ['a wrong password', 'kafka-authentication-failed', { ...reader, sasl: wrong }, /refuses .+ with SCRAM-SHA-512/],
      [
        'a wrong password by PLAIN',
        'kafka-authentication-failed',
        { ...reader, sasl: { ...wrong, mechanism: 'plain' } },
        /with PLAIN/,
      ],
      ['signing in where nobody is asked to', 'kafka-authentication-failed', { ...open, sasl }, /does not ask anybody/],
      ['not signing in', 'kafka-authentication-failed', noSasl, /those who do not sign in/],
    ])('%s is %s', async (_name, code, settings, message) => {
      const client = createKafkaClient(settings, { retries: 1 }).admin();
      let thrown: unknown;
      try {
        await client.connect();
        await client.describeCluster();
      } catch (error) {
        thrown = error;
      } finally {
        await client.disconnect().catch(() => undefined);
      }
      const explained = explainKafkaError(thrown, { brokers: settings.brokers, settings });
      expect(explained).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(isRecoveryError(explained) && explained.hint).toBeTruthy();
      const cause = (explained as Error).cause as Error;
      expect(`${(explained as Error).message} ${cause.message} ${cause.stack ?? ''}`).not.toContain('wrong-password');
    });

    it('what is no broker is told', async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const settings = { ...open, brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`] };
      expect(at(await examine(settings), 'protocol')?.found).toContain('an HTTP server');
      server.close();
    });
  });

  it('is talked to without timers that Node would warn of', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    try {
      await examine();
      expect(timers.mock.calls.length).toBeGreaterThan(0);
      expect(timers.mock.calls.filter(([, delay]) => (delay ?? 0) < 0)).toEqual([]);
    } finally {
      timers.mockRestore();
    }
  });
});
