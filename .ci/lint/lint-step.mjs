import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../workspace/paths.mjs';
import { runCommand, runTool } from '../workspace/run-command.mjs';
import { expectSuccess, StepFailure } from '../workspace/step.mjs';
import { nativeLinter, objectionsToInstances } from './class-instances.mjs';
import { uncompiledFiles } from './uncompiled-files.mjs';

/** What is linted, in this order: ESLint knows no types, oxlint nothing else. */
export const linters = [
  { tool: 'eslint', args: ['--max-warnings=0'] },
  { tool: 'oxlint', args: ['--config=oxlint.config.mjs', '--deny-warnings'] },
];

/** The TypeScript files that git knows or would take, but for those that were just deleted. */
async function typescriptFiles() {
  const listed = await runCommand('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '*.ts']);
  const { stdout } = expectSuccess(listed, 'git does not list the files');
  return stdout
    .split('\0')
    .filter((name) => name !== '')
    .map((name) => join(root, name))
    .filter((file) => existsSync(file));
}

/** Everything that the linters object to is shown at once. */
export async function lintStep() {
  // Before all else: where it is missing, oxlint's own words are of no help.
  nativeLinter();
  const objections = [];
  for (const { tool, args } of linters) {
    const { code, output } = await runTool(tool, [...args, '.']);
    if (code !== 0) objections.push(output);
  }
  const files = await typescriptFiles();
  const uncompiled = uncompiledFiles(files).map(
    (file) => `${relative(root, file)}: no tsconfig.json compiles this file`,
  );
  objections.push(...uncompiled, ...(await objectionsToInstances(files)));
  if (objections.length > 0) throw new StepFailure('the linter objects', objections.join('\n'));
}
