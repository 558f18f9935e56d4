import { readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecoveryError } from '../model/errors/recovery-error.js';
import { describeImportedPackage } from './describe-imported-package.js';
import { resolveRelativeModule } from './resolve-relative-module.js';
import { scanImports } from './scan-imports.js';

/** A worker module and everything that it imports by a relative path. */
export interface ModuleGraph {
  /** Where the module really lies. */
  readonly entry: string;
  /** Content by path, the module itself first. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What it imports besides: packages, by name and version, and modules of Node. */
  readonly others: ReadonlySet<string>;
}

/** @throws RecoveryError `invalid-worker` when the module cannot be read */
export function readModuleGraph(url: string): ModuleGraph {
  const entry = entryOf(url);
  const files = new Map<string, Buffer>();
  const others = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const source = readSource(path);
    files.set(path, source);
    if (path.endsWith('.json')) continue;
    for (const specifier of scanImports(source.toString('utf8'))) {
      const local = localSpecifier(specifier);
      const target = local === null ? null : resolveRelativeModule(dirname(path), local);
      if (target !== null) waiting.push(realpathSync(target));
      else others.add(local === null ? describeImportedPackage(specifier, path) : specifier);
    }
  }
  return { entry, files, others };
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
