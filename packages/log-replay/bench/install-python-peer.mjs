import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Installs a Python package that only benches compare with, kept for the next time. Gives its python, or null where it cannot be. */
export function installPythonPeer(name, version) {
  const folder = join(tmpdir(), `eventmend-bench-${name}-${version}`);
  const python = join(folder, 'bin', 'python');
  const installed = join(folder, 'installed');
  if (existsSync(installed)) return python;
  const run = (program, args) => spawnSync(program, args, { stdio: ['ignore', 2, 2] }).status === 0;
  if (!run('python3', ['-m', 'venv', folder])) return null;
  if (!run(python, ['-m', 'pip', 'install', '-q', `${name}==${version}`])) return null;
  writeFileSync(installed, `${version}\n`);
  return python;
}
