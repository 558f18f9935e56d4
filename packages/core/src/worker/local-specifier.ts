import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a file that an import names itself; null for the name of a package. */
export function localSpecifier(specifier: string): string | null {
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
