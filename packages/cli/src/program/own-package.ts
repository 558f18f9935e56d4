import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The manifest of this package, found by its name: the code may run as its source, as it was compiled, or from the bundle. */
const manifest = createRequire(import.meta.url).resolve('@eventmend/cli/package.json');

/** A file or folder of this package that is no code. */
export function ownFile(name: string): string {
  return join(dirname(manifest), name);
}

/** The version of this package. */
export function ownVersion(): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version;
}
