import { build } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { runStep } from './step.mjs';

/** Installs and builds what is missing, and says so. False where that did not go. */
export async function prepare() {
  const install = await runStep('install', async () => ({ note: await ensureInstalled() }));
  return install.ok && (await runStep('build', build)).ok;
}
