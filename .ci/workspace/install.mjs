import { ensureAddon } from './addon.mjs';
import { installState, recordInstall } from './install-state.mjs';
import { runCommand } from './run-command.mjs';
import { expectSuccess } from './step.mjs';

/**
 * Installs what the lock names, unless it is there already, and proves that SQLite loads.
 *
 * @returns {Promise<string>} what was done, in words
 */
export async function ensureInstalled() {
  const state = installState();
  let installed = false;
  if (!state.packages) {
    process.stdout.write('  npm ci: up to two minutes where SQLite must be compiled\n');
    expectSuccess(await runCommand('npm', ['ci', '--no-audit', '--no-fund']), 'npm ci failed');
    installed = true;
  }
  const rebuilt = await ensureAddon();
  if (installed || rebuilt || !state.addon) recordInstall();
  if (installed) return 'installed from the lock';
  return rebuilt ? 'already installed; SQLite rebuilt for this Node' : 'already installed';
}
