import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Installs a package that only benches compare with into a folder of its own, kept for the next time: its native parts take
 * minutes to compile. Gives the folder, or null where it cannot be installed.
 */
export function installPeer(name, version) {
  const folder = join(tmpdir(), `eventmend-bench-${name.split('/').pop()}-${version}`);
  const installed = join(folder, 'installed');
  if (existsSync(installed)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const args = ['install', '--no-audit', '--no-fund', `${name}@${version}`];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) return null;
  writeFileSync(installed, `${version}\n`);
  return folder;
}
