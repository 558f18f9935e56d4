import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leastPermissions, type LeastPermission } from '@eventmend/core/kafka';
import { kafkaOrSkip, startKafkaBroker, type KafkaBroker } from '@eventmend/test-services';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf, produceEvents } from './kafka-incident.js';
import { balanceWorker, expectedBalances, smallEvents } from './small-incident.js';
import { spawnEventmend, type Ended } from './spawn-eventmend.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const password = 'planted-secret-7d41';
const events = smallEvents(1200);
const operations = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
} as const;

describeWithKafka('a read-only user under the rules of a cluster', () => {
  let broker: KafkaBroker;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eventmend-secure-'));
    broker = await startKafkaBroker({
      security: {
        tls: true,
        users: [{ name: 'reader', password, mechanisms: ['plain', 'scram-sha-512'] }],
        authorizer: true,
        superUsers: ['admin'],
      },
    });
    await produceEvents(broker.admin, 'bookings', events);
    writeFileSync(join(folder, 'ca.pem'), broker.security?.ca ?? '');
    writeFileSync(join(folder, 'password'), `${password}\n`);
    writeFileSync(join(folder, 'cluster.yaml'), connection('scram-sha-512', '{ file: ./password }'));
    writeFileSync(join(folder, 'worker.ts'), balanceWorker);
    const log = connection('plain', '{ env: READER_PASSWORD }').replace(/^/gm, '    ');
    writeFileSync(
      join(folder, 'small.incident.yaml'),
      `format_version: 1\nname: small\nworker: ./worker.ts\nlog:\n  kafka:\n${log}\n`,
    );
  });
  afterAll(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function connection(mechanism: string, secret: string): string {
    return [
      `brokers: ${broker.bootstrap}`,
      'topics: [bookings]',
      'tls: { ca: ./ca.pem }',
      `sasl: { mechanism: ${mechanism}, username: reader, password: ${secret} }`,
    ].join('\n');
  }

  const shown: string[] = [];
  async function run(...words: string[]): Promise<Ended> {
    const ended = await spawnEventmend(folder, words, { env: { READER_PASSWORD: password } });
    shown.push(ended.out, ended.err);
    return ended;
  }

  async function allow(permissions: readonly LeastPermission[]): Promise<void> {
    const admin = clientOf(broker.admin).admin();
    await admin.connect();
    await admin.createAcls({
      acl: permissions
        .filter(({ resourceType }) => resourceType === 'topic')
        .map(({ operation }) => ({
          resourceType: AclResourceTypes.TOPIC,
          resourceName: 'bookings',
          resourcePatternType: ResourcePatternTypes.LITERAL,
          principal: 'User:reader',
          host: '*',
          operation: operations[operation],
          permissionType: AclPermissionTypes.ALLOW,
        })),
    });
    await admin.disconnect();
  }

  test('without a rule every verb says which one is missing', async () => {
    for (const words of [
      ['save', '--connection', 'cluster.yaml'],
      ['plan', 'small.incident.yaml'],
      ['doctor', '--connection', 'cluster.yaml'],
    ]) {
      const { code, err, out } = await run(...words);
      expect(code).toBe(16);
      expect((err + out).replace(/\s+/g, ' ')).toMatch(/--operation (Read|Describe) --topic bookings/);
    }
  });

  test('with the least rules that the table names, all reading verbs work and no more is needed', async () => {
    await allow(leastPermissions.read);
    const doctor = await run('doctor', '--connection', 'cluster.yaml', '--json');
    expect(doctor.code).toBe(0);
    const saved = await run('save', '--connection', 'cluster.yaml', '--into', 'saved.archive', '--json');
    expect(`${saved.code}${saved.code === 0 ? '' : saved.err}`).toBe('0');
    expect(JSON.parse(saved.out).partitions.map((one: { events: number }) => one.events)).toEqual([800, 400]);
    expect((await run('assess', 'small.incident.yaml')).code).toBe(0);
    expect((await run('plan', 'small.incident.yaml', '--out', 'plan.json')).code).toBe(0);
    const recovered = await run('recover', 'small.incident.yaml', '--plan', 'plan.json', '--json');
    const { runId } = JSON.parse(recovered.out).run;
    expect((await run('verify', runId)).code).toBe(0);
    await run('export', runId, '--what', 'state', '--out', 'state.ndjson');
    const states = readFileSync(join(folder, 'state.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { key: string; state: unknown });
    expect(Object.fromEntries(states.map(({ key, state }) => [key, state]))).toEqual(expectedBalances(events));
  });

  test('what is wrong with a connection is told in words', async () => {
    const wrong = async (change: (text: string) => string, words = ['save', '--connection', 'wrong.yaml']) => {
      writeFileSync(join(folder, 'wrong.yaml'), change(readFileSync(join(folder, 'cluster.yaml'), 'utf8')));
      const { code, err } = await run(...words);
      return `${code} ${/EM\d+/.exec(err)?.[0] ?? err}`;
    };
    writeFileSync(join(folder, 'other'), 'something-else');
    expect(await wrong((text) => text.replace('./password', './other'))).toBe('16 EM2203');
    expect(await wrong((text) => text.replace(/^tls.*$/m, ''))).toBe('16 EM2202');
    expect(await wrong((text) => text.replace('{ ca: ./ca.pem }', 'true'))).toBe('16 EM2202');
    expect(await wrong((text) => text.replace('./password', './nothing'))).toBe('2 EM2209');
    expect(await wrong((text) => text.replace('file: ./password', 'literal: secret'))).toBe('2 EM1002');
    expect(await wrong((text) => text.replace(broker.bootstrap, broker.admin))).toBe('16 EM2202');
  });

  test('the password appears nowhere', () => {
    expect(shown.join('')).not.toContain(password);
    for (const name of ['plan.json', 'saved.archive']) {
      expect(readFileSync(join(folder, name)).includes(password)).toBe(false);
    }
  });
});
