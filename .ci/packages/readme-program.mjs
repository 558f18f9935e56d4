import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import ts from 'typescript';
import { readMarkdown } from '../docs/read-markdown.mjs';
import { runCommand } from '../workspace/run-command.mjs';
import { expectSuccess, StepFailure } from '../workspace/step.mjs';

const moduleOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };

/** Runs the first block of a package's README that is marked `<!-- runs -->`, with the files it names, in a folder. */
export async function runReadmeProgram({ path, manifest }, folder) {
  const readme = join(path, 'README.md');
  if (!existsSync(readme)) throw new StepFailure(`${manifest.name} has no README.md`);
  const { blocks } = readMarkdown(readFileSync(readme, 'utf8'));
  const program = blocks.find(({ runs }) => runs);
  if (!program) throw new StepFailure(`the README of ${manifest.name} has no block marked <!-- runs -->`);
  for (const block of blocks) if (block.file !== undefined) writeFileSync(join(folder, block.file), block.code);

  const env = { PATH: join(folder, 'node_modules', '.bin') + delimiter + process.env.PATH };
  const isShell = ['sh', 'bash'].includes(program.language);
  if (!isShell) {
    const code = ts.transpileModule(program.code, { compilerOptions: moduleOptions }).outputText;
    writeFileSync(join(folder, 'program.mjs'), code);
  }
  const [command, args] = isShell
    ? ['bash', ['-euo', 'pipefail', '-c', program.code]]
    : [process.execPath, ['program.mjs']];
  expectSuccess(
    await runCommand(command, args, { cwd: folder, env, timeoutMs: 120_000 }),
    `the program in the README of ${manifest.name} (line ${program.line}) does not run where only it is installed`,
  );
}
