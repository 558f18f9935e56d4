import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a package.json says of what is loaded. Other fields, such as scripts, change no result. */
export interface PackageManifest {
  readonly name: string | null;
  readonly version: string | null;
  readonly type: unknown;
  readonly main: unknown;
  readonly exports: unknown;
  readonly imports: unknown;
}

/** The package.json of a folder; null where there is none, or none that can be read. */
export function readManifest(folder: string): PackageManifest | null {
  try {
    const fields = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Partial<PackageManifest>;
    const { name, version, type, main, exports, imports } = fields;
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
    return { name: text(name), version: text(version), type, main, exports, imports };
  } catch {
    return null;
  }
}
