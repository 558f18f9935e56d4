import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a file of a package is the output of a source that is gone: a compiler never removes what it once wrote. */
export function isLeftOver(file, packagePath) {
  const source = /^dist\/(.*)\.(?:js|d\.ts)(?:\.map)?$/.exec(file.replaceAll('\\', '/'))?.[1];
  return source !== undefined && !existsSync(join(packagePath, 'src', `${source}.ts`));
}

export function removeLeftOvers(packagePath) {
  const dist = join(packagePath, 'dist');
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist, { recursive: true })) {
    if (isLeftOver(join('dist', name), packagePath)) rmSync(join(dist, name));
  }
}
