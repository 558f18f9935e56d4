import { readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { isFile } from './is-file.js';

/** In the order in which the loader tries them: what was compiled goes before its source. */
export const endingsOfCode = ['.js', '.mjs', '.cjs', '.ts', '.tsx', '.mts', '.cts'];

/** In TypeScript an import names the file that the compiler would write. */
const sources: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

/** The file that a relative specifier means in a module of this folder, found as the loader finds it; null for none. */
export function resolveRelativeModule(folder: string, specifier: string): string | null {
  const path = resolve(folder, specifier);
  const namesFolder = /(?:^|\/)\.{0,2}$/.test(specifier);
  return (namesFolder ? null : fileAt(path)) ?? fileOfFolder(path) ?? writtenFor(path) ?? plainFile(path, namesFolder);
}

function fileAt(path: string): string | null {
  return [path, ...endingsOfCode.map((extension) => path + extension)].find(isFile) ?? null;
}

function fileOfFolder(path: string): string | null {
  return endingsOfCode.map((extension) => join(path, `index${extension}`)).find(isFile) ?? null;
}

function writtenFor(path: string): string | null {
  const written = /\.[mc]?js$/.exec(path)?.[0];
  if (written === undefined) return null;
  const source = path.slice(0, -written.length) + (sources[written] as string);
  return isFile(source) ? source : null;
}

function plainFile(path: string, namesFolder: boolean): string | null {
  const candidates = [...(namesFolder ? [] : [`${path}.json`]), ...mainOf(path), join(path, 'index.json')];
  return candidates.find(isFile) ?? null;
}

/** A folder that is a package may say which of its files stands for it. */
function mainOf(folder: string): readonly string[] {
  try {
    const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { main?: unknown };
    if (typeof main !== 'string') return [];
    const path = join(folder, main);
    return [path, `${path}.js`, `${path}.json`, `${path}${sep}index.js`];
  } catch {
    return [];
  }
}
