import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyWorkspace } from '../full/copy-workspace.mjs';
import { workspacePackages } from '../workspace/paths.mjs';
import { runCommand } from '../workspace/run-command.mjs';
import { StepFailure } from '../workspace/step.mjs';

/** A copy of the workspace, with the built addon, in which built code may be broken; it is removed in the end. */
export async function inCopyOfWorkspace(action) {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'eventmend-mutants-')));
  try {
    await copyWorkspace(workspace, { withAddon: true });
    return await action(workspace);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

function filesUnder(workspace, folder, suffix) {
  return workspacePackages('packages', workspace).flatMap(({ path }) =>
    readdirSync(join(path, folder), { recursive: true })
      .filter((name) => name.endsWith(suffix))
      .map((name) => join(path, folder, name)),
  );
}

export const builtFiles = (workspace) => filesUnder(workspace, 'dist', '.js');

/** The one test file under some `test/` whose path ends so. */
export function testFile(workspace, suffix) {
  const fitting = filesUnder(workspace, 'test', '.test.ts').filter((file) => file.endsWith(`/${suffix}`));
  if (fitting.length !== 1) throw new StepFailure(`${fitting.length} test files are called ${suffix}`);
  return fitting[0];
}

/** Whether the tests notice: one fails, or they do not come to an end. */
export async function areCaught(workspace, tests, { env = {}, timeoutMs } = {}) {
  const packageFolder = tests[0].slice(0, tests[0].lastIndexOf('/test/'));
  const vitest = join(workspace, 'node_modules', 'vitest', 'vitest.mjs');
  const { code } = await runCommand(process.execPath, [vitest, 'run', '--bail', '1', '--maxWorkers', '1', ...tests], {
    cwd: packageFolder,
    env: { EVENTMEND_PROPERTY_RUNS: '120', EVENTMEND_PROPERTY_SHRINK: '0', EVENTMEND_FULL: undefined, ...env },
    timeoutMs,
  });
  return code !== 0;
}
