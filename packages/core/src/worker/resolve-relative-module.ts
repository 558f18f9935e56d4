import { statSync } from 'node:fs';
import { join } from 'node:path';

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];

/** In TypeScript an import names the file that the compiler would write. */
const sources: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

/** The file that an import of this absolute path means, found as the loader finds it; null when there is none. */
export function resolveRelativeModule(path: string): string | null {
  const written = /\.[mc]?js$/.exec(path)?.[0];
  const candidates = [
    path,
    ...(written === undefined ? [] : [path.slice(0, -written.length) + (sources[written] as string)]),
    ...extensions.map((extension) => path + extension),
    ...extensions.map((extension) => join(path, `index${extension}`)),
  ];
  return candidates.find(isFile) ?? null;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
