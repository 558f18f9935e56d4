import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { describe, expect, it } from 'vitest';
import { explainKafkaError, type KafkaErrorContext } from './explain-kafka-error.js';
import type { KafkaSettings } from './kafka-settings.js';

/** Errors as kafkajs 2.2.4 throws them; the real broker's are compared in test/kafka/connection.test.ts. */
function kafkajs(name: string, message: string, members: object = {}): Error {
  return Object.assign(new Error(message), { name, ...members });
}

const retried = (cause: Error): Error =>
  Object.assign(kafkajs('KafkaJSNumberOfRetriesExceeded', cause.message), { cause });
const failed = (code: string, message: string): Error =>
  retried(kafkajs('KafkaJSConnectionError', `Connection error: ${message}`, { code, broker: 'kafka:9093' }));
const protocol = (type: string): Error => kafkajs('KafkaJSProtocolError', 'refused', { type });
const closed = retried(kafkajs('KafkaJSConnectionClosedError', 'Closed connection', { broker: 'kafka:9093' }));

const plain: KafkaSettings = { brokers: ['kafka:9092'] };
const tls: KafkaSettings = { ...plain, tls: true };
const alice: KafkaSettings = {
  ...tls,
  sasl: { mechanism: 'scram-sha-512', username: 'alice', password: { env: 'PASSWORD' } },
};

function explain(error: unknown, settings = plain, more: Partial<KafkaErrorContext> = {}): RecoveryError {
  const explained = explainKafkaError(error, { brokers: settings.brokers, settings, ...more });
  expect(explained).toBeInstanceOf(RecoveryError);
  return explained as RecoveryError;
}

describe('an error of the connection', () => {
  it.each([
    ['ECONNREFUSED', 'connect ECONNREFUSED', /nothing listens/],
    ['ECONNREFUSED', '', /nothing listens/],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND kafka', /no host of this name/],
    ['ETIMEDOUT', 'connect ETIMEDOUT', /no answer came in time/],
    ['EHOSTUNREACH', 'connect EHOSTUNREACH', /no way leads/],
  ])('%s is kafka-unreachable', (code, message, found) => {
    const error = explain(failed(code, message));
    expect(error.code).toBe('kafka-unreachable');
    expect(error.message).toMatch(found);
    expect(error.message).toContain('kafka:9093');
    expect(error.hint).toBeTruthy();
  });

  it('by time, or for want of a broker, is kafka-unreachable', () => {
    for (const error of [
      retried(kafkajs('KafkaJSConnectionError', 'Connection timeout')),
      kafkajs('KafkaJSRequestTimeoutError', 'Request Fetch(key: 1, version: 11) timed out'),
      kafkajs('KafkaJSLockTimeout', 'Timeout while acquiring lock'),
      kafkajs('KafkaJSBrokerNotFound', 'No brokers in the broker pool'),
      protocol('LEADER_NOT_AVAILABLE'),
    ]) {
      expect(explain(error).code, error.message).toBe('kafka-unreachable');
    }
  });

  it('a connection that is closed at once says by the settings what the broker may have missed', () => {
    expect(explain(closed)).toMatchObject({ code: 'kafka-tls-failed', hint: expect.stringContaining('set tls') });
    expect(explain(closed, tls)).toMatchObject({
      code: 'kafka-authentication-failed',
      hint: expect.stringContaining('sasl'),
    });
    expect(explain(closed, alice).code).toBe('kafka-unreachable');
    expect(explain(closed, plain, { topic: 'transfers', partition: 1 }).code).toBe('kafka-unreachable');
  });
});

describe('an error of TLS is kafka-tls-failed', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', /authority that is not believed/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', /authority that is not believed/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', /signed by nobody but itself/],
    ['CERT_HAS_EXPIRED', 'certificate has expired', /has expired/],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      "Hostname/IP does not match certificate's altnames: Host: kafka. is not in the cert's altnames: DNS:localhost",
      /not kafka but DNS:localhost/,
    ],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'sslv3 alert bad certificate', /asks for a certificate of the client/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate required', /asks for a certificate of the client/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number', /no TLS came back/],
    ['EPROTO', 'write EPROTO: wrong version number', /no TLS came back/],
    [
      'ECONNRESET',
      'Client network socket disconnected before secure TLS connection was established',
      /no TLS came back/,
    ],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'alert protocol version', /no version or cipher/],
    ['ERR_SSL_SOMETHING_NEW', 'something new', /handshake failed \(ERR_SSL_SOMETHING_NEW\)/],
  ])('%s', (code, message, found) => {
    const error = explain(failed(code, message), tls);
    expect(error.code).toBe('kafka-tls-failed');
    expect(error.message).toMatch(found);
  });

  it('and says which file to look at', () => {
    const settings = { ...plain, tls: { ca: 'ca.pem', cert: 'client.pem', key: 'client.key' } };
    expect(explain(failed('SELF_SIGNED_CERT_IN_CHAIN', ''), settings).hint).toContain('ca.pem');
    expect(explain(failed('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', ''), settings).hint).toContain('client.pem');
  });
});

describe('signing in', () => {
  it('names user and mechanism, and what the broker said', () => {
    const error = explain(
      kafkajs('KafkaJSSASLAuthenticationError', 'SASL SCRAM SHA512 authentication failed: invalid credentials'),
      alice,
    );
    expect(error.code).toBe('kafka-authentication-failed');
    expect(error.message).toBe('Kafka at kafka:9092: the broker refuses alice with SCRAM-SHA-512: invalid credentials');
  });

  it('is told apart from a mechanism that is not offered and from a listener that asks for none', () => {
    for (const error of [
      protocol('UNSUPPORTED_SASL_MECHANISM'),
      kafkajs('KafkaJSSASLAuthenticationError', 'SASL SCRAM-SHA-512 mechanism is not supported by the server'),
    ]) {
      expect(explain(error, alice).message).toContain('does not offer SCRAM-SHA-512');
    }
    expect(explain(protocol('ILLEGAL_SASL_STATE'), alice)).toMatchObject({ code: 'kafka-authentication-failed' });
  });
});

describe('a permission that is missing is kafka-permission-denied', () => {
  it('with the rule and the command that adds it', () => {
    const error = explain(protocol('TOPIC_AUTHORIZATION_FAILED'), alice, { topic: 'transfers', verb: 'save' });
    expect(error.code).toBe('kafka-permission-denied');
    expect(error.message).toContain('Read on topic "transfers" for User:alice');
    expect(error.hint).toContain('--add --allow-principal User:alice --operation Read --topic transfers');
    expect(error.details['missing']).toEqual({
      operation: 'Read',
      resourceType: 'topic',
      name: 'transfers',
      principal: 'User:alice',
    });
  });

  it('for a group, for the cluster, and for what the request needed', () => {
    const of = (type: string, more: Partial<KafkaErrorContext>): unknown =>
      explain(protocol(type), plain, more).details['missing'];
    expect(of('GROUP_AUTHORIZATION_FAILED', { group: 'svc' })).toMatchObject({ operation: 'Describe', name: 'svc' });
    expect(of('CLUSTER_AUTHORIZATION_FAILED', {})).toMatchObject({ resourceType: 'cluster' });
    expect(of('TOPIC_AUTHORIZATION_FAILED', { topic: 't', operation: 'DescribeConfigs' })).toMatchObject({
      operation: 'DescribeConfigs',
      principal: 'User:ANONYMOUS',
    });
  });
});

it('what the cluster does not have or does not speak', () => {
  expect(explain(protocol('UNKNOWN_TOPIC_OR_PARTITION'), plain, { topic: 'transfers' }).code).toBe(
    'kafka-topic-not-found',
  );
  expect(explain(protocol('INVALID_TOPIC_EXCEPTION'), plain, { topic: 'a b' }).code).toBe('kafka-topic-not-found');
  expect(explain(protocol('CORRUPT_MESSAGE')).code).toBe('corrupt-record-batch');
  for (const error of [
    protocol('UNSUPPORTED_VERSION'),
    protocol('UNSUPPORTED_FOR_MESSAGE_FORMAT'),
    kafkajs('KafkaJSNotImplemented', 'ZSTD compression not implemented'),
    kafkajs('KafkaJSServerDoesNotSupportApiKey', 'The Kafka server does not support the requested API version'),
  ]) {
    expect(explain(error).code).toBe('kafka-incompatible');
  }
});

it('leaves what it does not know, and what is explained already', () => {
  const context = { brokers: plain.brokers, settings: plain };
  const bug = retried(new TypeError('x is not a function'));
  expect(explainKafkaError(bug, context)).toBe(bug);
  expect(explainKafkaError('text', context)).toBe('text');
  expect(explainKafkaError(protocol('OFFSET_OUT_OF_RANGE'), context)).toMatchObject({ type: 'OFFSET_OUT_OF_RANGE' });
  const ours = new RecoveryError('secret-unavailable', 'no secret');
  expect(explainKafkaError(ours, context)).toBe(ours);
  expect(explainKafkaError(retried(ours), context)).toBe(ours);
});
