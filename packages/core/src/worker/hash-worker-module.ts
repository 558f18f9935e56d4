import { createHash } from 'node:crypto';
import { reachInstalled } from './installed/reach-installed.js';
import { nameFrom, readModuleGraph, type ModuleGraph } from './module-graph.js';

/**
 * SHA-256 (hex) over a worker module and everything that it imports, whatever folder it lies in: what it imports by a
 * relative path or an alias of its package.json counts by its path from the module's folder and its content, and so do the
 * files of installed packages that it reaches, over any number of packages. A module of Node counts by its name, Eventmend's
 * own packages by name and version; of a package that is a link to a folder outside of node_modules every code file counts.
 *
 * Not seen: imports whose path is computed; what aliases of a tsconfig lead to, which count by name alone; files that the
 * code reads when it runs; and what the worker's environment gives it.
 * @throws RecoveryError `invalid-worker` when the module cannot be read.
 */
export function hashWorkerModule(url: string): string {
  return hashModuleGraph(readModuleGraph(url)).worker;
}

export interface ModuleHashes {
  readonly worker: string;
  /** Of that what the runtime goes on with once it has loaded it, whatever becomes of the files. */
  readonly kept: string;
}

export function hashModuleGraph(graph: ModuleGraph): ModuleHashes {
  const { entry, files, others } = graph;
  const hashes = [...files]
    .map(([path, source]) => [nameFrom(entry, path), createHash('sha256').update(source).digest('hex')] as const)
    .sort(byName);
  const packages = hashPackages(graph);
  // A worker without packages keeps the hash that it had when these counted by name and version.
  const content = ['eventmend.worker.2', hashes, [...others].sort(), ...(packages === null ? [] : [packages])];
  // Modules that are all compiled here are compiled again; JavaScript is not, nor what it imports.
  const compiled = [...files.keys()].every((path) => /\.[mc]?ts$/.test(path));
  const modules = compiled ? [] : hashes.filter(([name]) => name !== nameFrom(entry, entry));
  return { worker: sha256(content), kept: sha256([modules, packages]) };
}

function hashPackages({ entry, packages }: ModuleGraph): string | null {
  const imports = packages.filter(({ specifier }) => !specifier.startsWith('@eventmend/'));
  if (imports.length === 0) return null;
  const reached = reachInstalled(imports);
  const named = imports.map(({ specifier, importer }, n) => [nameFrom(entry, importer), specifier, reached.imports[n]]);
  return sha256(['eventmend.packages.1', named, reached.files]);
}

function sha256(content: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
