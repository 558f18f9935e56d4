import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecoveryError } from '../errors/recovery-error.js';
import { resolveRelativeModule } from './resolve-relative-module.js';
import { scanImports } from './scan-imports.js';

/**
 * SHA-256 (hex) over a worker module and everything that it imports by a relative path, whatever folder they lie in: paths
 * count from the module's folder. An imported package counts by name and version, a module of Node and this project's
 * packages by name alone.
 *
 * Not seen: imports whose path is computed, aliases (`#name`, paths of a tsconfig), which count by name alone, files that
 * the code reads when it runs, and what the worker's environment gives it.
 * @throws RecoveryError EM3001 when the module cannot be read.
 */
export function hashWorkerModule(url: string): string {
  const entry = fileURLToPath(url);
  const root = dirname(entry);
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const name = relative(root, path).split(sep).join('/');
    if (files.has(name)) continue;
    const source = readSource(path);
    files.set(name, createHash('sha256').update(source).digest('hex'));
    if (path.endsWith('.json')) continue;
    for (const specifier of scanImports(source.toString('utf8'))) {
      const target = isRelative(specifier) ? resolveRelativeModule(resolve(dirname(path), localPath(specifier))) : null;
      if (target === null) packages.add(describePackage(specifier, path));
      else waiting.push(target);
    }
  }
  const content = ['eventmend.worker.1', [...files].sort(byName), [...packages].sort()];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function readSource(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new RecoveryError('EM3001', `the worker module cannot be read: ${path}`, {
      hint: 'check the path of the worker',
      cause,
    });
  }
}

function isRelative(specifier: string): boolean {
  return (
    specifier.startsWith('./') ||
    specifier.startsWith('../') ||
    specifier === '.' ||
    specifier === '..' ||
    specifier.startsWith('file:')
  );
}

function localPath(specifier: string): string {
  return specifier.startsWith('file:') ? fileURLToPath(specifier) : (specifier.split('?', 1)[0] as string);
}

function describePackage(specifier: string, importer: string): string {
  const name = packageNameOf(specifier);
  if (isRelative(specifier) || isBuiltin(specifier) || name.startsWith('@eventmend/')) return name;
  const version = installedVersion(name, importer);
  return version === null ? name : `${name}@${version}`;
}

function packageNameOf(specifier: string): string {
  if (isRelative(specifier)) return specifier;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
}

/** Looks where Node would look, without asking the package's exports for its package.json. */
function installedVersion(name: string, importer: string): string | null {
  for (const folder of createRequire(importer).resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version?: unknown };
      return typeof version === 'string' ? version : null;
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return null;
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
