import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

const needed = {
  python: [['python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))']],
  java: [
    ['java', '--version'],
    ['javac', '--release', '17', '--version'],
  ],
} as const;

/** Why the programs of a language cannot be used here; null when they can. */
function whyNot(language: keyof typeof needed): string | null {
  for (const [program, ...args] of needed[language]) {
    const { error, status } = spawnSync(program, args, { stdio: 'ignore' });
    if (error !== undefined) return `${program} cannot be started (${error.message})`;
    if (status !== 0) return `${program} is too old`;
  }
  return null;
}

/** A test that needs the programs of a language. Without them it is skipped, and says so aloud; in CI it fails. */
export function testIn(language: keyof typeof needed, title: string, body: () => Promise<void> | void): void {
  const missing = whyNot(language);
  const inCi = (process.env['CI'] ?? '') !== '';
  if (missing === null) {
    test(title, body);
    return;
  }
  console.warn(`\n*** ${inCi ? 'FAILED' : 'SKIPPED'} for want of ${language}: ${title}: ${missing}\n`);
  if (inCi) test(title, () => Promise.reject(new Error(missing)));
  else test.skip(title, body);
}
