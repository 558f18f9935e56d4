import { readFileSync, realpathSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecoveryError } from '../model/errors/recovery-error.js';
import { describeImportedPackage } from './describe-imported-package.js';
import { ImportResolver } from './installed/import-resolver.js';
import type { PackageImport } from './installed/reach-installed.js';
import { localSpecifier } from './local-specifier.js';
import { resolveRelativeModule } from './resolve-relative-module.js';
import { scanImports } from './scan-imports.js';

/** A worker module and everything of the user's own that it imports: by a relative path, or by an alias of its package.json. */
export interface ModuleGraph {
  /** Where the module really lies. */
  readonly entry: string;
  /** Content by path, the module itself first. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What it imports besides: packages, by name and version, modules of Node, and what each alias leads to. */
  readonly others: ReadonlySet<string>;
  /** Its imports of packages, in the order in which they are met. */
  readonly packages: readonly PackageImport[];
}

/** @throws RecoveryError `invalid-worker` when the module cannot be read */
export function readModuleGraph(url: string): ModuleGraph {
  const entry = entryOf(url);
  const files = new Map<string, Buffer>();
  const others = new Set<string>();
  const packages: PackageImport[] = [];
  const resolver = new ImportResolver();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const source = readSource(path);
    files.set(path, source);
    if (path.endsWith('.json')) continue;
    for (const specifier of scanImports(source.toString('utf8'))) {
      const local = localSpecifier(specifier);
      if (local === null) {
        const { own, packages: named } = resolver.resolve(specifier, path);
        waiting.push(...own);
        for (const file of own) others.add(`${specifier} of ${nameFrom(entry, path)}: ${nameFrom(entry, file)}`);
        if (own.length === 0) others.add(describeImportedPackage(specifier, path));
        if (named.length > 0) packages.push({ specifier, importer: path });
        continue;
      }
      const target = resolveRelativeModule(dirname(path), local);
      if (target === null) others.add(specifier);
      else waiting.push(realpathSync(target));
    }
  }
  return { entry, files, others, packages };
}

/** How a file of the worker is called: by its path from the folder of its module. */
export function nameFrom(entry: string, path: string): string {
  return relative(dirname(entry), path).split(sep).join('/');
}

/** Where the module really lies: a link's imports count from there, as they do for Node. */
function entryOf(url: string): string {
  try {
    return realpathSync(fileURLToPath(url));
  } catch (cause) {
    throw unreadable(url, cause);
  }
}

function readSource(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(where: string, cause: unknown): RecoveryError {
  return new RecoveryError('invalid-worker', `the worker module cannot be read: ${where}`, {
    hint: 'check the path of the worker',
    cause,
  });
}
