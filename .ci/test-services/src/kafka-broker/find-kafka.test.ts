import { afterEach, describe, expect, test, vi } from 'vitest';
import { brokerForTests } from './broker-for-tests.js';
import { findKafka } from './find-kafka.js';
import { kafkaOrSkip } from './kafka-or-skip.js';
import { javaVersionIn, oldestJavaFor } from './kafka-version.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A machine with neither Java nor Maven, on which nobody has named a cluster. */
function bareMachine(ci: string): void {
  for (const name of ['PATH', 'JAVA_HOME', 'KAFKA_BROKERS']) vi.stubEnv(name, '');
  vi.stubEnv('CI', ci);
}

describe('without Java and Maven', () => {
  test('it is said what is missing', async () => {
    bareMachine('');
    expect(await findKafka('4.3.0')).toEqual({
      missing:
        'Kafka 4.3.0 needs Java 17 or newer: java is not installed, or not in PATH; install one, or set JAVA_HOME',
    });
    expect(await brokerForTests()).toMatchObject({ broker: null, missing: expect.stringContaining('Java 17') });
  });

  test('tests are skipped aloud', async () => {
    bareMachine('');
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const skip = vi.fn();
    const suite = await kafkaOrSkip(Object.assign(vi.fn(), { skip }));
    suite('reads a topic', () => {});
    expect(skip).toHaveBeenCalledOnce();
    expect(said.mock.calls.join('')).toContain('*** SKIPPED for want of Kafka: reads a topic: Kafka 4.3.0 needs Java');
  });

  test('in CI that is a failure', async () => {
    bareMachine('true');
    await expect(brokerForTests()).rejects.toThrow('needs Java 17');
    await expect(kafkaOrSkip(Object.assign(vi.fn(), { skip: vi.fn() }))).rejects.toThrow('needs Java 17');
  });

  test('a cluster of the user does, unless tests need one of their own', async () => {
    bareMachine('true');
    vi.stubEnv('KAFKA_BROKERS', 'kafka:9092');
    const { broker } = await brokerForTests();
    expect(broker).toMatchObject({ bootstrap: 'kafka:9092', owned: false });
    const describeTests = Object.assign(vi.fn(), { skip: vi.fn() });
    expect(await kafkaOrSkip(describeTests)).toBe(describeTests);
    await expect(kafkaOrSkip(describeTests, { own: true })).rejects.toThrow('needs Java 17');
  });
});

test('versions', async () => {
  expect([oldestJavaFor('4.3.0'), oldestJavaFor('3.9.1')]).toEqual([17, 11]);
  const printed = [
    'openjdk version "17.0.15" 2025-04-15',
    'java version "1.8.0_402"',
    'openjdk version "24" 2025-03-18',
  ];
  expect(printed.map(javaVersionIn)).toEqual([17, 8, 24]);
  expect(javaVersionIn('The operation couldn’t be completed')).toBeNull();
  await expect(findKafka('latest/../..')).rejects.toThrow('is no version of Kafka');
});
