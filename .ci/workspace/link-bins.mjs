import { chmodSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, workspacePackages } from './paths.mjs';

/**
 * Makes the commands of our packages work as `npx NAME` in the workspace. npm links only what exists when it installs,
 * which is before the build, and the compiler does not mark files as executable.
 */
export function linkBins() {
  const bins = join(root, 'node_modules', '.bin');
  mkdirSync(bins, { recursive: true });
  for (const { path, manifest } of workspacePackages('packages')) {
    for (const [name, target] of Object.entries(manifest.bin ?? {})) {
      const file = join(path, target);
      if (!existsSync(file)) continue;
      chmodSync(file, 0o755);
      const link = join(bins, name);
      // One that an earlier build made may lead to another file.
      if (existsSync(link) && realpathSync(link) === realpathSync(file)) continue;
      rmSync(link, { force: true });
      symlinkSync(relative(bins, file), link);
    }
  }
}
