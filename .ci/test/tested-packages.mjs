import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wholeWorkspace } from '../workspace/paths.mjs';

/** The packages and examples that have tests, and the servers for tests. */
export function testedPackages() {
  return wholeWorkspace().filter(({ path }) => existsSync(join(path, 'vitest.config.ts')));
}
