import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspacePackages } from '../workspace/paths.mjs';

/** The packages and examples that have tests. */
export function testedPackages() {
  return [...workspacePackages('packages'), ...workspacePackages('examples')].filter(({ path }) =>
    existsSync(join(path, 'vitest.config.ts')),
  );
}
