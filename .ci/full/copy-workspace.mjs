import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, wholeWorkspace } from '../workspace/paths.mjs';
import { runCommand } from '../workspace/run-command.mjs';

/**
 * A second workspace with the sources and the build of this one and links to its installed packages. Only the addon,
 * which fits one Node, and our own packages are copies, so that nothing done there reaches this one. `withAddon` copies
 * the addon as it was built here.
 */
export async function copyWorkspace(target, { withAddon = false } = {}) {
  const listed = await runCommand('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const name of listed.stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    cpSync(join(root, name), join(target, name));
  }
  const entries = wholeWorkspace();
  for (const { folder, path } of entries) {
    for (const made of ['dist', 'bundle'])
      if (existsSync(join(path, made))) cpSync(join(path, made), join(target, folder, made), { recursive: true });
    const own = join(path, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(target, folder, 'node_modules'));
  }
  const modules = join(target, 'node_modules');
  mkdirSync(join(modules, '@eventmend'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === '@eventmend' || name === 'better-sqlite3') continue;
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const { folder, manifest } of entries) symlinkSync(join(target, folder), join(modules, manifest.name));
  const build = join(root, 'node_modules', 'better-sqlite3', 'build');
  const withoutBuild = (path) => withAddon || !path.startsWith(build);
  const addon = join('node_modules', 'better-sqlite3');
  cpSync(join(root, addon), join(target, addon), { recursive: true, filter: withoutBuild });
}
