import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where each package leaves the result of its tests, from its own folder; Nx keeps it with a cached run. */
const resultFile = join('test-output', 'result.json');

/** What vitest is told so that it leaves its result there beside what it prints. */
export const vitestArguments = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];

export function removeResult(packagePath) {
  rmSync(join(packagePath, resultFile), { force: true });
}

/**
 * The counts of one package. A file that could not even be loaded has no tests to count and counts as one failure.
 *
 * @returns {{ passed: number, failed: number, skipped: number } | undefined} undefined where there is no result
 */
export function readCounts(packagePath) {
  const file = join(packagePath, resultFile);
  if (!existsSync(file)) return undefined;
  const result = JSON.parse(readFileSync(file, 'utf8'));
  const broken = result.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + broken.length,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
