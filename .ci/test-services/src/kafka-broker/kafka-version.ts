/** The version that is started where none is named. */
export const defaultKafkaVersion = '4.3.0';

/** The versions that the kit is tested with: the present line, and the last one that still knew ZooKeeper. */
export const testedKafkaVersions = [defaultKafkaVersion, '3.9.1'] as const;

/** The major version of a release, such as 4 for '4.3.0'. */
export function majorOf(version: string): number {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`'${version}' is no version of Kafka such as '4.3.0'`);
  return Number(version.split('.')[0]);
}

/** The oldest Java whose virtual machine runs the broker of a version. */
export function oldestJavaFor(version: string): number {
  return majorOf(version) >= 4 ? 17 : 11;
}

/** The feature version in what `java -version` prints, such as 17; null where it cannot be read. */
export function javaVersionIn(text: string): number | null {
  const found = /version "(?:1\.)?(\d+)/.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
