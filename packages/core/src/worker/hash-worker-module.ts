import { createHash } from 'node:crypto';
import { dirname, relative, sep } from 'node:path';
import { readModuleGraph } from './module-graph.js';

/**
 * SHA-256 (hex) over a worker module and everything that it imports by a relative path, whatever folder they lie in:
 * paths count from the module's folder. An imported package counts by name and version, this one among them, a module
 * of Node by its name; of a package that is a link to a folder outside of node_modules every code file counts.
 *
 * Not seen: imports whose path is computed; what aliases (`#name`, paths of a tsconfig, the package's own name) lead
 * to, which count by name alone; files that the code reads when it runs; and what the worker's environment gives it.
 * @throws RecoveryError `invalid-worker` when the module cannot be read.
 */
export function hashWorkerModule(url: string): string {
  const { entry, files, others } = readModuleGraph(url);
  const root = dirname(entry);
  const hashes = [...files].map(
    ([path, source]) =>
      [relative(root, path).split(sep).join('/'), createHash('sha256').update(source).digest('hex')] as const,
  );
  const content = ['eventmend.worker.2', hashes.sort(byName), [...others].sort()];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
