import { join } from 'node:path';
import { endingsOfCode } from '../resolve-relative-module.js';
import type { Disk } from './disk.js';
import { readManifest } from './package-manifest.js';

const endings = [...endingsOfCode, '.mtsx', '.ctsx', '.json', '.node'];

/**
 * All files that one or another loader takes for a path that an import names. One that is named in full is taken by all;
 * which endings are tried, and in which order, is another thing for each: Node's for `import` and for `require`, and the
 * one of TypeScript.
 */
export function filesMeant(named: string, disk: Disk): readonly string[] {
  const path = named.replace(/\/$/, '');
  const namesFolder = path !== named;
  if (!namesFolder && disk.isFile(path)) return [path];
  const index = namesFolder ? indexOf(path, disk) : [];
  return [...filesOfFolder(path, disk), ...withEnding(path, disk), ...index];
}

/** The files that may stand for a folder: what its package.json calls the main one, and unless that is named in full, its index. */
export function filesOfFolder(folder: string, disk: Disk): readonly string[] {
  if (!disk.isFolder(folder)) return [];
  const main = disk.isFile(join(folder, 'package.json')) ? readManifest(folder)?.main : null;
  if (typeof main !== 'string') return indexOf(folder, disk);
  const path = join(folder, main).replace(/[\\/]+$/, '');
  if (disk.isFile(path)) return [path];
  return [...withEnding(path, disk), ...indexOf(path, disk), ...indexOf(folder, disk)];
}

function withEnding(path: string, disk: Disk): readonly string[] {
  const files = endings.map((ending) => path + ending);
  // In TypeScript an import names the file that the compiler would write.
  return [...files, path.replace(/\.([mc]?)js$/, '.$1ts')].filter((file) => disk.isFile(file));
}

function indexOf(folder: string, disk: Disk): readonly string[] {
  if (!disk.isFolder(folder)) return [];
  return endings.map((ending) => join(folder, `index${ending}`)).filter((file) => disk.isFile(file));
}
