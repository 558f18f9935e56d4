import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** SHA-256 (hex) over all code files of a folder, with their paths in it. */
export function hashCodeOf(folder: string): string {
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
