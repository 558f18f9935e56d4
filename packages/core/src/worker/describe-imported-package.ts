import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';

/** This package: a module that does not find it by itself is given the copy that loads it. */
const ownName = '@eventmend/core';

/**
 * What an imported package contributes to the hash of a worker: name and version of what is installed, the name alone for
 * modules of Node and for what is not found. A package that is a link to a folder of the user's own (a workspace) changes
 * without a new version, so the code files of that folder count too.
 */
export function describeImportedPackage(specifier: string, importer: string): string {
  const name = packageNameOf(specifier);
  if (isBuiltin(specifier)) return name;
  const installed = findInstalled(name, importer);
  if (installed === null) return name === ownName ? `${name}@${ownVersion()}` : name;
  const named = installed.version === null ? name : `${name}@${installed.version}`;
  const linked = !name.startsWith('@eventmend/') && !installed.folder.split(sep).includes('node_modules');
  return linked ? `${named} ${hashCodeOf(installed.folder)}` : named;
}

function packageNameOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
}

/** Looks where Node would look, without asking the package's exports for its package.json. */
function findInstalled(name: string, importer: string): { folder: string; version: string | null } | null {
  for (const modules of createRequire(importer).resolve.paths(name) ?? []) {
    try {
      const folder = realpathSync(join(modules, name));
      return { folder, version: versionIn(join(folder, 'package.json')) };
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return null;
}

function versionIn(manifest: string | URL): string | null {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown };
  return typeof version === 'string' ? version : null;
}

function ownVersion(): string {
  return versionIn(createRequire(import.meta.url).resolve('@eventmend/core/package.json')) ?? '';
}

function hashCodeOf(folder: string): string {
  const hash = createHash('sha256');
  for (const path of codeFilesOf(folder)) {
    const content = createHash('sha256').update(readFileSync(path)).digest('hex');
    hash.update(JSON.stringify([relative(folder, path).split(sep).join('/'), content]));
  }
  return hash.digest('hex');
}

function codeFilesOf(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : codeFilesOf(path);
    return entry.isFile() && /\.[mc]?[jt]s$/.test(entry.name) ? [path] : [];
  });
}
