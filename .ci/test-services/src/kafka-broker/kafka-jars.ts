import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { defaultKafkaVersion, majorOf } from './kafka-version.js';
import { runProgram } from '../programs/run-program.js';

/** What Maven is asked for: the broker, and a logger that writes to standard error. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>eventmend</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>\${kafka.version}</version>
    </dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** A first download of some 110 MB over a slow line; then it has hung. */
const downloadMs = 10 * 60_000;

const underWay = new Map<string, Promise<string>>();

/**
 * The folder with the jars of a version of Kafka. They come from Maven Central by `mvn` and are kept, in
 * EVENTMEND_KAFKA_CACHE or else in `eventmend/kafka` of the user's cache folder, so only the first call takes long.
 * @throws Error when Maven cannot fetch them, with the end of what it printed.
 */
export function kafkaJars(version: string = defaultKafkaVersion): Promise<string> {
  const cached = cachedJars(version);
  if (cached !== null) return Promise.resolve(cached);
  const folder = folderOf(version);
  const fetching = underWay.get(folder) ?? fetchJars(version, folder).finally(() => underWay.delete(folder));
  underWay.set(folder, fetching);
  return fetching;
}

/** The folder with the jars where they have been fetched already; null where not. */
export function cachedJars(version: string): string | null {
  const folder = folderOf(version);
  return existsSync(join(folder, brokerJar(version))) ? folder : null;
}

/** The version becomes part of a path and of a command line, so it is checked to be one. */
function folderOf(version: string): string {
  majorOf(version);
  const own = process.env['EVENTMEND_KAFKA_CACHE'] ?? '';
  if (own !== '') return join(own, version);
  const caches = process.env['XDG_CACHE_HOME'] ?? '';
  return join(caches === '' ? join(homedir(), '.cache') : caches, 'eventmend', 'kafka', version);
}

const brokerJar = (version: string): string => `kafka_2.13-${version}.jar`;

/** The folder appears whole or not at all. Of two processes that want it at once the slower one throws its copy away. */
async function fetchJars(version: string, folder: string): Promise<string> {
  const parent = join(folder, '..');
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, `.${version}-`));
  try {
    const jars = join(work, 'jars');
    await writeFile(join(work, 'pom.xml'), pom);
    const options = [`-Dkafka.version=${version}`, `-DoutputDirectory=${jars}`, '-DincludeScope=runtime'];
    const args = ['-q', '-B', ...options, 'dependency:copy-dependencies'];
    const { problem, output } = await runProgram('mvn', args, { cwd: work, timeoutMs: downloadMs });
    if (problem !== null || !existsSync(join(jars, brokerJar(version)))) {
      const end = output.trimEnd().split('\n').slice(-8).join('\n');
      throw new Error(
        `the jars of Kafka ${version} cannot be fetched: ${problem ?? 'the broker is not there'}\n${end}`,
      );
    }
    await rename(jars, folder).catch((error: unknown) => {
      if (cachedJars(version) === null) throw error;
    });
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
