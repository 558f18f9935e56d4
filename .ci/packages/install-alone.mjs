import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace/paths.mjs';
import { runCommand } from '../workspace/run-command.mjs';
import { expectSuccess } from '../workspace/step.mjs';

/** Variables that npm hands to scripts and that would make an npm inside a script look at the outer project. */
function outsideOfNpm() {
  const inherited = /^(npm_(package|lifecycle|config_local_prefix|config_prefix|command|execpath)|INIT_CWD)/;
  const names = Object.keys(process.env).filter((name) => inherited.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/**
 * Installs one tarball into an empty folder, as a stranger would. Packages of ours that it declares come from their own
 * tarballs, and only those that it declares. Scripts do not run: the addon that the workspace has compiled is put in
 * place instead of compiling it once more for each package.
 *
 * @param {string} folder must not exist yet
 * @param {Map<string, string>} tarballs of all our packages, by name
 */
export async function installAlone(name, folder, tarballs) {
  mkdirSync(folder, { recursive: true });
  const siblings = [...tarballs].filter(([sibling]) => sibling !== name);
  const consumer = {
    name: 'consumer',
    version: '1.0.0',
    private: true,
    type: 'module',
    dependencies: { [name]: `file:${tarballs.get(name)}` },
    overrides: Object.fromEntries(siblings.map(([sibling, tarball]) => [sibling, `file:${tarball}`])),
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(consumer, null, 2)}\n`);
  const args = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  expectSuccess(
    await runCommand('npm', args, { cwd: folder, env: outsideOfNpm() }),
    `${name} cannot be installed on its own`,
  );
  const addon = join('node_modules', 'better-sqlite3');
  if (existsSync(join(folder, addon))) {
    const compiled = join('build', 'Release', 'better_sqlite3.node');
    cpSync(join(root, addon, compiled), join(folder, addon, compiled));
  }
}
