import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyWorkspace } from '../full/copy-workspace.mjs';
import { runCommand } from '../workspace/run-command.mjs';
import { StepFailure } from '../workspace/step.mjs';
import { mutants } from './mutants.mjs';

/** Copies the built addon too: the copy of the workspace is for the same Node. */
async function workspaceCopy() {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'eventmend-mutants-')));
  await copyWorkspace(workspace, { withAddon: true });
  return workspace;
}

async function survives(workspace, { file, find, replace, tests }) {
  const path = join(workspace, 'packages', file);
  const original = readFileSync(path, 'utf8');
  const places = original.split(find).length - 1;
  if (places !== 1)
    throw new StepFailure(`the mutant no longer fits: ${JSON.stringify(find)} stands ${places} times in ${file}`);
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  try {
    const vitest = join(workspace, 'node_modules', 'vitest', 'vitest.mjs');
    const { code } = await runCommand(process.execPath, [vitest, 'run', '--bail', '1', ...tests], {
      cwd: join(workspace, 'packages', 'log-replay'),
      env: { EVENTMEND_PROPERTY_RUNS: '120', EVENTMEND_PROPERTY_SHRINK: '0', EVENTMEND_FULL: undefined },
    });
    return code === 0;
  } finally {
    writeFileSync(path, original);
  }
}

/** Breaks the engine on purpose, one place at a time: a test that cannot fail proves nothing. */
export async function mutantsStep() {
  const workspace = await workspaceCopy();
  const survivors = [];
  try {
    for (const mutant of mutants) {
      const survived = await survives(workspace, mutant);
      process.stdout.write(`  ${survived ? 'SURVIVED' : 'caught  '}  ${mutant.name}\n`);
      if (survived) survivors.push(mutant.name);
    }
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
  return {
    passed: mutants.length - survivors.length,
    failed: survivors.length,
    skipped: 0,
    note: survivors.length === 0 ? `${mutants.length} mutants caught` : `survived: ${survivors.join('; ')}`,
  };
}
