import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Where each package leaves the result of its tests, from its own folder; Nx keeps it with a cached run. */
const resultFile = join('test-output', 'result.json');

/** What vitest is told so that it leaves its result there beside what it prints. */
export const vitestArguments = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];

export function removeResult(packagePath) {
  rmSync(join(packagePath, resultFile), { force: true });
}

/**
 * What one package's tests came to. A file that could not even be loaded has no tests to count and counts as one
 * failure.
 *
 * @returns {{ passed: number, failed: number, skipped: number, failures: string[] } | undefined} undefined where no
 *   test ran at all
 */
export function readCounts(packagePath) {
  const file = join(packagePath, resultFile);
  if (!existsSync(file)) return undefined;
  const result = JSON.parse(readFileSync(file, 'utf8'));
  if (result.testResults.length === 0) return undefined;
  const failures = result.testResults.flatMap(({ name, status, assertionResults }) => {
    const place = relative(packagePath, name);
    const failed = assertionResults.filter((assertion) => assertion.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [place];
    return failed.map(({ fullName, failureMessages }) => {
      const [message = ''] = failureMessages;
      // Whoever reads the end of a log should see what went wrong, and where.
      const lines = stripVTControlCharacters(message).split('\n');
      const where = lines.find((line) => line.includes(place));
      return [`${place}: ${fullName}`, ...lines.slice(0, 3), ...(where ? [where] : [])].join('\n    ');
    });
  });
  return {
    passed: result.numPassedTests,
    failed: failures.length,
    skipped: result.numPendingTests + result.numTodoTests,
    failures,
  };
}
