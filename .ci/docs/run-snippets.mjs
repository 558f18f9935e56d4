import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand, runTool } from '../workspace/run-command.mjs';
import { root } from '../workspace/paths.mjs';

const shells = new Set(['sh', 'bash']);
const modules = new Set(['ts', 'js']);

/** Where the snippets of a document are laid out: inside the workspace, so that they import as a reader would. */
const snippetRoot = join(root, 'test-output', 'docs');

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  skipLibCheck: true,
  allowJs: false,
};

function layOut(document) {
  const folder = join(snippetRoot, document.name.replaceAll('/', '_').replace(/\.md$/, ''));
  mkdirSync(folder, { recursive: true });
  return document.blocks.flatMap((block) => {
    if (block.file !== undefined) writeFileSync(join(folder, block.file), block.code);
    if (!block.runs) return [];
    const name = `line-${block.line}`;
    const place = `${document.name}:${block.line}`;
    if (shells.has(block.language))
      return [{ place, folder, command: 'bash', args: ['-euo', 'pipefail', '-c', block.code] }];
    if (!modules.has(block.language))
      return [{ place, folder, problem: `cannot run ${block.language || 'a plain block'}` }];
    writeFileSync(join(folder, `${name}.${block.language}`), block.code);
    return [{ place, folder, command: process.execPath, args: [`${name}.js`] }];
  });
}

async function run({ place, folder, command, args, problem }) {
  if (problem) return [`${place}: ${problem}`];
  const env = { PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH };
  const result = await runCommand(command, args, { cwd: folder, env, timeoutMs: 120_000 });
  return result.code === 0 ? [] : [`${place}: ended with code ${result.code}\n${result.output.trimEnd()}`];
}

/**
 * Compiles and runs every block that is marked `<!-- runs -->`, those of one document in order and in one folder.
 *
 * @returns {Promise<{ count: number, problems: string[] }>}
 */
export async function runSnippets(documents) {
  rmSync(snippetRoot, { recursive: true, force: true });
  const snippets = documents.flatMap(layOut);
  if (snippets.length === 0) return { count: 0, problems: [] };
  writeFileSync(join(snippetRoot, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  const problems = [];
  if (documents.some(({ blocks }) => blocks.some(({ runs, file, language }) => (runs || file) && language === 'ts'))) {
    const compiled = await runTool('tsc', ['-p', join(snippetRoot, 'tsconfig.json'), '--pretty', 'false']);
    if (compiled.code !== 0) problems.push(compiled.output.trimEnd());
  }
  for (const snippet of snippets) problems.push(...(await run(snippet)));
  return { count: snippets.length, problems };
}
