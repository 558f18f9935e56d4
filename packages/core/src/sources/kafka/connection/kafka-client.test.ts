import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { explainKafkaError } from './explain-kafka-error.js';
import { createKafkaClient } from './kafka-client.js';
import { principalOf, type KafkaSettings } from './kafka-settings.js';
import { readTlsOptions } from './read-tls-options.js';

const folder = mkdtempSync(join(tmpdir(), 'client-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a client', () => {
  it.each<[string, KafkaSettings, RegExp]>([
    ['kafka-unreachable', { brokers: [] }, /no broker is named/],
    ['kafka-unreachable', { brokers: ['kafka'] }, /"kafka" is no address/],
    ['kafka-unreachable', { brokers: ['[::1]:9092'] }, /IPv6/],
    [
      'file-unavailable',
      { brokers: ['k:1'], tls: { ca: '/no/such/ca.pem' } },
      /ca\.pem \(tls\.ca\): the file cannot be read/,
    ],
    ['kafka-tls-failed', { brokers: ['k:1'], tls: { ca: import.meta.filename } }, /certificate in it cannot be read/],
    [
      'secret-unavailable',
      { brokers: ['k:1'], sasl: { mechanism: 'plain', username: 'a', password: { env: 'EVENTMEND_NOT_SET' } } },
      /not set/,
    ],
  ])('says %s before anything is connected', (code, settings, message) => {
    expect(() => createKafkaClient(settings)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('refuses files that are none of a certificate', () => {
    const ca = file('ca.der', 'no certificate');
    expect(() => createKafkaClient({ brokers: ['k:1'], tls: { ca } })).toThrow(/holds no certificate or key/);
    const broken = file('ca.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(() => createKafkaClient({ brokers: ['k:1'], tls: { ca: broken } })).toThrow(
      expect.objectContaining({ code: 'kafka-tls-failed' }),
    );
  });

  it('always verifies the certificate', () => {
    expect(readTlsOptions({}).rejectUnauthorized).toBe(true);
    const sneaky = { rejectUnauthorized: false } as object;
    expect(readTlsOptions(sneaky).rejectUnauthorized).toBe(true);
  });

  it('prints nothing and gives up with an error that explains itself', async () => {
    const server = createServer((socket) => void socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const settings = { brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`] };
    const printed = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write'));
    const admin = createKafkaClient(settings, { retries: 1 }).admin();
    const error: unknown = await admin.connect().catch((caught: unknown) => caught);
    await admin.disconnect();
    expect(printed.flatMap((spy) => spy.mock.calls)).toEqual([]);
    vi.restoreAllMocks();
    server.close();
    expect(explainKafkaError(error, { ...settings, settings })).toMatchObject({ code: 'kafka-tls-failed' });
  });
});

it('the principal is known where the broker does not derive it', () => {
  const password = { env: 'P' };
  const brokers = ['k:1'];
  expect(principalOf({ brokers })).toBe('User:ANONYMOUS');
  expect(principalOf({ brokers, tls: { cert: 'c', key: 'k' } })).toBeNull();
  expect(principalOf({ brokers, sasl: { mechanism: 'plain', username: 'bob', password } })).toBe('User:bob');
  expect(principalOf({ brokers, sasl: { mechanism: 'oauthbearer', token: password } })).toBeNull();
});
