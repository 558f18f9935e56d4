import { join } from 'node:path';
import { isFile } from '../is-file.js';
import { endingsOfCode } from '../resolve-relative-module.js';
import { readManifest } from './package-manifest.js';

const endings = [...endingsOfCode, '.mtsx', '.ctsx', '.json', '.node'];

/**
 * All files that one or another loader takes for a path that an import names. One that is named in full is taken by all;
 * which endings are tried, and in which order, is another thing for each: Node's for `import` and for `require`, and the
 * one of TypeScript.
 */
export function filesMeant(path: string): readonly string[] {
  if (!path.endsWith('/') && isFile(path)) return [path];
  const others = path.endsWith('/') ? indexOf(path) : [...endings.map((ending) => path + ending), sourceOf(path)];
  return [...filesOfFolder(path), ...others.filter(isFile)];
}

/** The files that may stand for a folder: what its package.json calls the main one, and unless that is named in full, its index. */
export function filesOfFolder(folder: string): readonly string[] {
  const main = readManifest(folder)?.main;
  if (typeof main !== 'string') return indexOf(folder).filter(isFile);
  const path = join(folder, main).replace(/[\\/]+$/, '');
  if (isFile(path)) return [path];
  const named = [...endings.map((ending) => path + ending), sourceOf(path), ...indexOf(path)];
  return [...named, ...indexOf(folder)].filter(isFile);
}

function indexOf(folder: string): readonly string[] {
  return endings.map((ending) => join(folder, `index${ending}`));
}

/** In TypeScript an import names the file that the compiler would write. */
function sourceOf(path: string): string {
  return path.replace(/\.([mc]?)js$/, '.$1ts');
}
