import { dirname } from 'node:path';
import { runCommand } from '../workspace/run-command.mjs';

/**
 * Another release of Node, as the npm package `node` ships it.
 *
 * @returns {Promise<{ path: string, version: string, abi: string, env: NodeJS.ProcessEnv } | undefined>} undefined
 *   where it cannot be had here: offline, say, or on a platform without a binary
 */
export async function fetchNode(major) {
  const ask = 'node -p "JSON.stringify([process.execPath, process.versions.node, process.versions.modules])"';
  const answer = await runCommand('npx', ['--yes', '-p', `node@${major}`, '-c', ask], { timeoutMs: 300_000 });
  const line = answer.stdout.split('\n').find((text) => text.startsWith('['));
  if (answer.code !== 0 || line === undefined) return undefined;
  const [path, version, abi] = JSON.parse(line);
  if (!version.startsWith(`${major}.`)) return undefined;
  return { path, version, abi, env: { PATH: `${dirname(path)}:${process.env.PATH}` } };
}
