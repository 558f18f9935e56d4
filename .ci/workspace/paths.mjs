import { readdirSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..');

/**
 * The folders of the workspace that hold a package, with what their package.json says.
 *
 * @param {'packages' | 'examples' | '.ci'} folder
 */
export function workspacePackages(folder, workspaceRoot = root) {
  const parent = join(workspaceRoot, folder);
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((name) => existsSync(join(parent, name, 'package.json')))
    .map((name) => ({
      folder: `${folder}/${name}`,
      path: join(parent, name),
      manifest: JSON.parse(readFileSync(join(parent, name, 'package.json'), 'utf8')),
    }));
}

/** All of them: what is published, the examples, and the servers that tests start. */
export function wholeWorkspace(workspaceRoot = root) {
  return ['packages', 'examples', '.ci'].flatMap((folder) => workspacePackages(folder, workspaceRoot));
}
