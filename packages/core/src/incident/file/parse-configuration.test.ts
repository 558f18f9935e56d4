import { expect, test } from 'vitest';
import { kafkaSchema } from './kafka-schema.js';
import { mappingSchema } from './mapping-schema.js';
import { checkConfiguration, parseConfiguration } from './parse-configuration.js';

const connection = { schema: kafkaSchema, name: 'connection to Kafka', example: 'brokers: a:1', hint: 'look it up' };
const mapping = { schema: mappingSchema, name: 'mapping', example: 'topic: orders', hint: 'look it up' };

function messageOf(check: () => unknown): string {
  try {
    check();
    return 'valid';
  } catch (error) {
    expect((error as { code: string }).code).toBe('invalid-configuration');
    return (error as Error).message;
  }
}

const connectionProblem = (text: string) => messageOf(() => parseConfiguration(text, 'c.yaml', connection));

test.each([
  ['no YAML', 'brokers: [a:1\n', 'line 2: Flow sequence'],
  ['no keys', 'kafka-1:9092\n', 'line 1: the file must be keys with values, such as "brokers: a:1"'],
  ['an unknown key', 'brokers: a:1\nbrokerz: b:1\n', 'line 2: unknown key "brokerz": did you mean "brokers"?'],
  [
    'an unknown key inside',
    'brokers: a:1\nsasl: { mechanism: plain, user: u, password: { env: P } }',
    'line 2: unknown',
  ],
  ['a missing key', 'topics: [o]\n', 'line 1: "brokers" is missing'],
  ['another mechanism', 'brokers: a:1\nsasl: { mechanism: gssapi }', '"sasl.mechanism" must be plain, scram-sha-256'],
  ['no mechanism', 'brokers: a:1\nsasl: plain\n', '"sasl" must be {mechanism, username, password}'],
  [
    'a password',
    'brokers: a:1\nsasl: { mechanism: plain, username: u, password: hunter2 }',
    '"sasl.password" must be {file}, {env} or {command}: a secret itself does not belong here',
  ],
])('a connection file with %s', (_, text, problem) => {
  const message = connectionProblem(text);
  expect(message).toContain('c.yaml is not a valid connection to Kafka');
  expect(message).toContain(problem);
  expect(message).not.toContain('hunter2');
});

test('a mapping file has its own names', () => {
  expect(messageOf(() => parseConfiguration('keyy: id\n', 'm.yaml', mapping))).toBe(
    'm.yaml is not a valid mapping\nline 1: unknown key "keyy": did you mean "key"?',
  );
});

test('options have no lines', () => {
  expect(messageOf(() => checkConfiguration({ brokers: '' }, '--brokers', connection))).toBe(
    '--brokers is not a valid connection to Kafka\n"brokers" must not be empty',
  );
});
