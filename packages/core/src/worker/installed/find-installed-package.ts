import { realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The package that an import names: `@shop/rules` of `@shop/rules/prices.js`. */
export function packageNameOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
}

/** The folder, where it really lies, of the package that a module means by this name; null where none is installed. */
export function findInstalledPackage(name: string, importer: string): string | null {
  if (!/^(?:@[^@/\\]+\/)?[^@/\\.#:][^/\\#:]*$/.test(name)) return null;
  for (const modules of foldersOfPackages(importer)) {
    try {
      const folder = join(modules, name);
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return realpathSync(folder);
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return null;
}

const byFolder = new Map<string, readonly string[]>();

/** Where Node looks for packages: it depends on the place of the importer alone. */
function foldersOfPackages(importer: string): readonly string[] {
  const folder = dirname(importer);
  const known = byFolder.get(folder);
  if (known !== undefined) return known;
  // Any name that is none of Node's own modules.
  const folders = createRequire(importer).resolve.paths('@eventmend/core') ?? [];
  byFolder.set(folder, folders);
  return folders;
}
