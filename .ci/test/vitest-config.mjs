import { existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const full = process.env['EVENTMEND_FULL'] !== undefined;

/**
 * Suites that start Kafka brokers, or Spark, and run in `npm run test:full` only. Every day one
 * suite stands for those of the brokers, that of the command: it saves, reads and replays on the newest broker. A pattern that fits no
 * file any more makes its suite run every day again.
 */
const fullSuites = [
  '**/test/kafka/{read,faulty-network}.test.ts',
  '**/test/broker-kit.test.ts',
  '**/test/publish/publish-rights.test.ts',
  '**/test/kafka-{secure,brokers}.test.ts',
  '**/test/publish-kafka-features.test.ts',
  '**/test/fleet-spark.test.ts',
  join(import.meta.dirname, '..', '..', 'examples', 'flights', 'test', 'kafka.test.ts'),
];

/**
 * Lets tests of a package run over its build, where they name its sources. The mutants stand in the build, since the threads
 * and processes that a test starts run it.
 */
const overTheBuild = {
  name: 'over-the-build',
  enforce: 'pre',
  resolveId(specifier, importer) {
    if (importer === undefined || !specifier.startsWith('.')) return null;
    const source = resolve(dirname(importer), specifier);
    const built = source.replace(/[/]packages[/]([^/]+)[/]src[/]/, '/packages/$1/dist/');
    return built !== source && existsSync(built) ? built : null;
  },
};

/**
 * Messages are wrapped at 80 columns, paths of temporary folders included. Tests read them, and mean paths as short as they are on most machines;
 * macOS has longer ones.
 */
const longestFolder = 20;
const temporary = tmpdir().length > longestFolder && existsSync('/tmp') ? { TMPDIR: '/tmp' } : {};

/** What vitest is told in every package. */
export const vitestConfig = {
  plugins: process.env['EVENTMEND_TEST_BUILD'] === undefined ? [] : [overTheBuild],
  test: {
    globalSetup: [join(import.meta.dirname, 'bundle-before-tests.mjs')],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(full ? [] : fullSuites)],
    // Generous, since a busy machine is no failure; the long variants of `npm run test:full` take longer still.
    testTimeout: (full ? 60 : 10) * 60_000,
    hookTimeout: (full ? 60 : 10) * 60_000,
    env: temporary,
    // Files share the modules that a worker has loaded, which took half of the time. What a test changes in its process
    // (environment, spies) it must put back.
    isolate: false,
    // One file a core leaves a machine of two cores idle half of the time: many tests wait for processes and brokers.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
};
