import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installState } from '../workspace/install-state.mjs';
import { root } from '../workspace/paths.mjs';
import { prepare } from '../workspace/prepare.mjs';
import { runHere } from '../workspace/run-here.mjs';

const entry = join(root, 'packages', 'cli', 'bundle', 'bin.js');

/** Whether the command could run as it is: what was changed since the last build does not count. */
function isPrepared() {
  const { packages, addon } = installState();
  return packages && addon && existsSync(entry);
}

/** Installs and builds where nothing is yet, then runs the command where it was called. Returns its exit code. */
export async function runEventmend(args) {
  if (!isPrepared() && !(await prepare())) return 1;
  // npm runs scripts in the root of the workspace, and names the folder where it was called.
  return runHere(entry, args, process.env.INIT_CWD ?? process.cwd());
}
