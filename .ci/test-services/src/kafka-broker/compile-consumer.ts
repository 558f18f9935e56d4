import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const source = fileURLToPath(new URL('../../src/kafka-broker/ReadCommitted.java', import.meta.url));
const folder = fileURLToPath(new URL('../../dist/kafka-broker/', import.meta.url));
const compiled = 'ReadCommitted.class';

let compiling: Promise<void> | undefined;

/**
 * Where the consumer lies compiled: Java would compile it anew at each start, which takes longer than the consumer itself.
 *
 * @param jars the folder of Kafka's own
 * @throws Error where Java does not compile it
 */
export async function compileConsumer(java: string, jars: string): Promise<string> {
  await (compiling ??= isFresh() ? Promise.resolve() : compile(java, jars));
  return folder;
}

function isFresh(): boolean {
  const made = statSync(join(folder, compiled), { throwIfNoEntry: false });
  return made !== undefined && made.mtimeMs >= statSync(source).mtimeMs;
}

/** Beside it first, since tests of another package may be compiling it, or running it, at the same time. */
async function compile(java: string, jars: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const fresh = mkdtempSync(join(folder, 'consumer-'));
  try {
    const path = readdirSync(jars)
      .filter((name) => name.endsWith('.jar'))
      .map((name) => join(jars, name))
      .join(delimiter);
    const javac = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '--release', '17'];
    await promisify(execFile)(java, [...javac, '-d', fresh, '-cp', path, source]);
    renameSync(join(fresh, compiled), join(folder, compiled));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
