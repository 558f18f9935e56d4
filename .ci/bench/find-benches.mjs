import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { workspacePackages } from '../workspace/paths.mjs';

/** The bench modules of all packages. `filter` keeps those whose path contains one of the words. */
export function findBenches(filter = []) {
  return workspacePackages('packages')
    .map(({ path }) => join(path, 'bench'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => /\.bench\.(mjs|ts)$/.test(file))
    .filter((file) => filter.length === 0 || filter.some((word) => file.includes(word)))
    .sort();
}
