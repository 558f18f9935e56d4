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

/** The tests that stand beside the sources of a room of core. */
export function testsBeside(workspace, room) {
  return filesUnder(workspace, 'src', '.test.ts').filter((file) => file.includes(`/packages/core/src/${room}/`));
}

const packageOf = (test) => /^.*[/]packages[/][^/]+(?=[/])/.exec(test)[0];

/** Whether the tests notice: one fails, or they do not come to an end. They run package by package, over the build. */
export async function areCaught(workspace, tests, { env = {}, timeoutMs } = {}) {
  const vitest = join(workspace, 'node_modules', 'vitest', 'vitest.mjs');
  for (const cwd of new Set(tests.map(packageOf))) {
    const files = tests.filter((test) => packageOf(test) === cwd);
    const { code } = await runCommand(process.execPath, [vitest, 'run', '--bail', '1', '--maxWorkers', '1', ...files], {
      cwd,
      env: {
        EVENTMEND_PROPERTY_RUNS: '120',
        EVENTMEND_PROPERTY_SHRINK: '0',
        EVENTMEND_FULL: undefined,
        EVENTMEND_TEST_BUILD: '1',
        ...env,
      },
      timeoutMs,
    });
    if (code !== 0) return true;
  }
  return false;
}
