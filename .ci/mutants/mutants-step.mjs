import { readFileSync, writeFileSync } from 'node:fs';
import { StepFailure } from '../workspace/step.mjs';
import { areCaught, builtFiles, inCopyOfWorkspace, testFile } from './mutated-workspace.mjs';
import { mutants } from './mutants.mjs';

function fileWith(workspace, find) {
  const places = builtFiles(workspace).flatMap((file) =>
    Array(readFileSync(file, 'utf8').split(find).length - 1).fill(file),
  );
  if (places.length === 1) return places[0];
  throw new StepFailure(
    `the mutant no longer fits: ${JSON.stringify(find)} stands ${places.length} times in the build`,
  );
}

async function survives(workspace, { find, replace, tests }) {
  const path = fileWith(workspace, find);
  const original = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  try {
    return !(await areCaught(workspace, [testFile(workspace, tests)]));
  } finally {
    writeFileSync(path, original);
  }
}

/** A test that fails anyway catches nothing. */
async function requireHealthyTests(workspace) {
  for (const tests of new Set(mutants.map((mutant) => mutant.tests))) {
    if (await areCaught(workspace, [testFile(workspace, tests)]))
      throw new StepFailure(`${tests} fails without a mutant`);
  }
}

/** Breaks the engine on purpose, one place at a time: a test that cannot fail proves nothing. */
export async function mutantsStep() {
  const survivors = await inCopyOfWorkspace(async (workspace) => {
    await requireHealthyTests(workspace);
    const names = [];
    for (const mutant of mutants) {
      const survived = await survives(workspace, mutant);
      process.stdout.write(`  ${survived ? 'SURVIVED' : 'caught  '}  ${mutant.name}\n`);
      if (survived) names.push(mutant.name);
    }
    return names;
  });
  return {
    passed: mutants.length - survivors.length,
    failed: survivors.length,
    skipped: 0,
    note: survivors.length === 0 ? `${mutants.length} mutants caught` : `survived: ${survivors.join('; ')}`,
  };
}
