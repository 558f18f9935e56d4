import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecoveryError } from '../model/errors/recovery-error.js';
import { describeImportedPackage } from './describe-imported-package.js';
import { resolveRelativeModule } from './resolve-relative-module.js';
import { scanImports } from './scan-imports.js';

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
  const entry = entryOf(url);
  const root = dirname(entry);
  const files = new Map<string, string>();
  const others = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const name = relative(root, path).split(sep).join('/');
    if (files.has(name)) continue;
    const source = readSource(path);
    files.set(name, createHash('sha256').update(source).digest('hex'));
    if (path.endsWith('.json')) continue;
    for (const specifier of scanImports(source.toString('utf8'))) {
      const local = localSpecifier(specifier);
      const target = local === null ? null : resolveRelativeModule(dirname(path), local);
      if (target !== null) waiting.push(realpathSync(target));
      else others.add(local === null ? describeImportedPackage(specifier, path) : specifier);
    }
  }
  const content = ['eventmend.worker.2', [...files].sort(byName), [...others].sort()];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
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

/** The path of a file that an import names itself; null for the name of a package. */
function localSpecifier(specifier: string): string | null {
  if (specifier.startsWith('file:')) {
    try {
      return fileURLToPath(specifier);
    } catch {
      return null;
    }
  }
  if (!/^\.{1,2}(?:\/|$)/.test(specifier) && !isAbsolute(specifier)) return null;
  return specifier.split(/[?#]/, 1)[0] as string;
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
