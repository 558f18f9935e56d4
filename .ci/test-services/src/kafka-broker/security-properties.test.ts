import { expect, test } from 'vitest';
import { propertiesText } from './properties-text.js';
import { problemOfSecurity, type KafkaSecurityOptions } from './security-options.js';
import { protocolOf, scramArguments, securityProperties } from './security-properties.js';

const alice = { name: 'alice', password: 'a', mechanisms: ['plain', 'scram-sha-512'] } as const;
const bob = { name: 'bob', password: 'b', mechanisms: ['plain'] } as const;

test('each mechanism knows its users', () => {
  const options: KafkaSecurityOptions = { tls: true, users: [alice, bob] };
  expect(protocolOf(options)).toBe('SASL_SSL');
  expect(securityProperties(options, null)).toEqual({
    'listener.name.client.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.client.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required "user_alice"="a" "user_bob"="b";',
    'listener.name.client.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  });
  expect(scramArguments(options)).toEqual(['--add-scram', 'SCRAM-SHA-512=[name=alice,password=a]']);
});

test('what would be open to all, or break the grammar of the broker, is refused', () => {
  const problems = [
    { tls: false },
    { tls: false, users: [bob], clientCertificates: true },
    { tls: true, authorizer: true },
    { tls: true, users: [{ ...bob, name: 'bob;' }] },
    { tls: true, users: [{ ...bob, password: 'a"b' }] },
  ].map(problemOfSecurity);
  for (const problem of problems) expect(problem).not.toBeNull();
  expect(problemOfSecurity({ tls: true, clientCertificates: true, authorizer: true })).toBeNull();
});

test('properties are written so that Java reads them back', () => {
  expect(propertiesText({ path: 'C:\\x', text: ' a\nb' })).toBe('path=C:\\\\x\ntext=\\ a\\nb\n');
});
