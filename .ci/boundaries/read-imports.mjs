import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const sourceName = /\.(ts|mts|js|mjs)$/;
const skipped = new Set(['node_modules', 'dist', 'out-tsc', 'coverage', 'test-output', 'data']);

/** Every source file under a folder, build output and installed packages left out. */
export function sourceFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.isFile() && sourceName.test(entry.name) ? [path] : [];
  });
}

/** What a file imports, re-exports or loads with `import()`: types too, comments and strings not. */
export function readImports(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => fileName);
}

/** `@scope/name/sub` -> `@scope/name`; undefined for what is no package: relative, `#internal`, `node:` and URLs. */
export function packageOf(specifier) {
  if (/^(\.|\/|#|[a-z]+:)/.test(specifier)) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
