import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cachedJars } from './kafka-jars.js';
import { defaultKafkaVersion, javaVersionIn, oldestJavaFor } from './kafka-version.js';
import { runProgram } from '../programs/run-program.js';

/** What a broker can be started with. */
export interface KafkaInstallation {
  readonly version: string;
  /** The program that runs the broker: `java`, or the one under JAVA_HOME. */
  readonly java: string;
  readonly javaVersion: number;
  /** The folder with the jars; null when they still have to be fetched, which needs `mvn` (it is there then). */
  readonly jars: string | null;
}

/**
 * Looks whether a broker of a version can be started here: a Java that is new enough, and the jars or the `mvn` that
 * fetches them. Downloads nothing. `missing` says in words what has to be installed.
 */
export async function findKafka(
  version: string = defaultKafkaVersion,
): Promise<KafkaInstallation | { readonly missing: string }> {
  const oldest = oldestJavaFor(version);
  const java = javaProgram();
  const answer = await runProgram(java, ['-version']);
  const needed = `Kafka ${version} needs Java ${oldest} or newer`;
  if (answer.problem !== null) return { missing: `${needed}: ${answer.problem}; install one, or set JAVA_HOME` };
  const javaVersion = javaVersionIn(answer.output);
  if (javaVersion === null) return { missing: `${needed}: ${java} -version does not say which Java it is` };
  if (javaVersion < oldest) return { missing: `${needed}: ${java} is Java ${javaVersion}` };

  const jars = cachedJars(version);
  if (jars !== null) return { version, java, javaVersion, jars };
  const maven = await runProgram('mvn', ['-v']);
  if (maven.problem === null) return { version, java, javaVersion, jars };
  return { missing: `the jars of Kafka ${version} are fetched with Apache Maven: ${maven.problem}` };
}

function javaProgram(): string {
  const home = process.env['JAVA_HOME'] ?? '';
  const program = join(home, 'bin', 'java');
  return home !== '' && existsSync(program) ? program : 'java';
}
