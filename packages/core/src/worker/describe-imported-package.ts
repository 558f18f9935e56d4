import { createRequire, isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import { findInstalledPackage, packageNameOf } from './installed/find-installed-package.js';
import { readManifest } from './installed/package-manifest.js';

/** This package: a module that does not find it by itself is given the copy that loads it. */
const ownName = '@eventmend/core';

/** An imported package by name and version of what is installed; by name alone a module of Node, and what is not found. */
export function describeImportedPackage(specifier: string, importer: string): string {
  const name = packageNameOf(specifier);
  if (isBuiltin(specifier)) return name;
  const folder = findInstalledPackage(name, importer);
  const manifest = folder === null ? null : readManifest(folder);
  if (manifest === null) return name === ownName ? `${name}@${ownVersion()}` : name;
  return manifest.version === null ? name : `${name}@${manifest.version}`;
}

function ownVersion(): string {
  const own = createRequire(import.meta.url).resolve('@eventmend/core/package.json');
  return readManifest(dirname(own))?.version ?? '';
}
