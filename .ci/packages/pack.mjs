import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLeftOver } from '../workspace/left-overs.mjs';
import { root } from '../workspace/paths.mjs';
import { runCommand } from '../workspace/run-command.mjs';
import { expectSuccess } from '../workspace/step.mjs';

/**
 * Packs a built package as it would be published.
 *
 * @returns {Promise<{ tarball: string, files: string[] }>}
 */
export async function pack({ path, manifest }, destination) {
  const packed = expectSuccess(
    await runCommand('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', destination], { cwd: path }),
    `npm pack failed for ${manifest.name}`,
  );
  const answer = JSON.parse(packed.stdout);
  const { files } = Array.isArray(answer) ? answer[0] : Object.values(answer)[0];
  const prefix = manifest.name.replace('@', '').replace('/', '-');
  const name = readdirSync(destination).find((file) => file === `${prefix}-${manifest.version}.tgz`);
  return { tarball: join(destination, name), files: files.map((file) => file.path) };
}

/** What must and what must not be in a package. */
export function contentProblems({ path }, files) {
  const stray = files.filter((file) =>
    /(\.test\.|\.bench\.|\.tsbuildinfo$|\.map$|(^|\/)(test|bench|src)\/)/.test(file),
  );
  const missing = ['package.json', 'README.md', 'LICENSE'].filter((file) => !files.includes(file));
  const problems = [
    ...stray.map((file) => `${file} is packed and should not be`),
    ...files.filter((file) => isLeftOver(file, path)).map((file) => `${file} is packed and has no source`),
    ...missing.map((file) => `${file} is not packed`),
  ];
  if (!files.includes('LICENSE')) return problems;
  const same = readFileSync(join(path, 'LICENSE'), 'utf8') === readFileSync(join(root, 'LICENSE'), 'utf8');
  return same ? problems : [...problems, 'LICENSE differs from that of the repository'];
}
