import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

// What is tested is how Node finds and runs modules, so the built package does it in a process of its own: the test
// runner would put its own loader between.
const built = fileURLToPath(new URL('../../dist/worker/load-worker-module.js', import.meta.url));
const program = `
  const { loadWorkerModule } = await import(process.argv[1]);
  const answers = [];
  for (const url of process.argv.slice(2)) {
    globalThis.evaluated = 0;
    try {
      const worker = await loadWorkerModule(url);
      const again = await loadWorkerModule(url);
      answers.push({ name: worker.name, same: worker === again, evaluated: globalThis.evaluated });
    } catch (error) {
      answers.push({ code: error.code, message: error.message, hint: error.hint, evaluated: globalThis.evaluated });
    }
  }
  console.log(JSON.stringify(answers));`;

interface Answer {
  readonly name?: string;
  readonly same?: boolean;
  readonly evaluated: number;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

let alone: string;
let installed: string;
beforeAll(() => {
  alone = mkdtempSync(join(tmpdir(), 'load-alone-'));
  installed = mkdtempSync(join(tmpdir(), 'load-installed-'));
  mkdirSync(join(installed, 'node_modules/@eventmend'), { recursive: true });
  symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), join(installed, 'node_modules/@eventmend/core'));
});
afterAll(() => {
  for (const folder of [alone, installed]) rmSync(folder, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

function write(folder: string, files: Files): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return join(folder, Object.keys(files)[0] as string);
}

async function load(...paths: readonly string[]): Promise<readonly Answer[]> {
  const urls = paths.map((path) => pathToFileURL(path).href);
  const argv = ['--input-type=module', '-e', program, pathToFileURL(built).href, ...urls];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  return JSON.parse(stdout) as readonly Answer[];
}

const counted = 'globalThis.evaluated++;';
const body = `{ name: n, version: '1', key: () => 'a', evolve: () => 1 }`;
const worker = `import { defineWorker } from '@eventmend/core'; ${counted} export default defineWorker(${body});`;
// Where Node does not find the package, what stands before the line that asks for it runs twice.
const required = `const { defineWorker } = require('@eventmend/core'); ${counted}`;
const quoted = `const n = 'n'; ${worker}`;
const modules: readonly Files[] = [
  { 'a/w.ts': `const n: string = 'n'; ${worker}` },
  { 'b/w.mts': `enum N { n = 'n' } const n = N.n; ${worker}` },
  { 'c/w.mjs': quoted },
  { 'd/w.js': quoted },
  { 'e/w.cjs': `${required} const n = 'n'; module.exports = defineWorker(${body});` },
  {
    'f/w.cjs': `${required} const n = 'n'; exports.__esModule = true; exports.default = defineWorker(${body});`,
  },
  { 'g/w.mjs': `import { n } from './t.js'; ${worker}`, 'g/t.ts': `export const n: string = 'n';` },
  { 'h/w.mjs': `import { n } from './t.ts'; ${worker}`, 'h/t.ts': `enum N { n = 'n' } export const n = N.n;` },
  { 'i/w.ts': `import worker from './real.ts'; export default worker;`, 'i/real.ts': quoted },
];

test.each([
  ['where this package is installed', () => installed],
  ['where only the command line is installed', () => alone],
])('modules of every kind are loaded once, %s', async (_, folder) => {
  const answers = await load(...modules.map((files) => write(folder(), files)));
  expect(answers).toEqual(modules.map(() => ({ name: 'n', same: true, evaluated: 1 })));
});

test('a changed module is seen by the next process, compiled or not', async () => {
  const files = (name: string): Files => ({
    'changed/w.ts': `import { n } from './n.ts'; ${worker}`,
    'changed/n.ts': `export const n = '${name}' as const;`,
  });
  const names: unknown[] = [];
  for (const name of ['one', 'two', 'one']) {
    for (const folder of [alone, installed]) names.push((await load(write(folder, files(name))))[0]?.name);
  }
  expect(names).toEqual(['one', 'one', 'two', 'two', 'one', 'one']);
});

const changing = `
  const { writeFileSync } = await import('node:fs');
  const [built, url, file, content] = process.argv.slice(1);
  const { loadWorkerModule } = await import(built);
  const answers = [];
  for (const change of [() => undefined, () => writeFileSync(file, content)]) {
    change();
    answers.push(await loadWorkerModule(url).then(({ name }) => name, ({ message }) => message));
  }
  console.log(JSON.stringify(answers));`;

test.each([
  ['w.ts', 'n.ts', 'export const n =', 'renewed'],
  ['w.ts', '', worker, 'renewed'],
  ['w.mjs', '', worker, 'renewed'],
  ['w.cjs', '', `${required} module.exports = defineWorker(${body});`, 'renewed'],
  ['w.mts', 'n.mjs', 'export const n =', 'refused'],
  ['w.ts', 'n.cjs', 'exports.n =', 'refused'],
  ['w.mjs', 'n.mjs', 'export const n =', 'refused'],
  ['w.ts', 'node_modules/n/index.mjs', 'export const n =', 'refused'],
  ['w.mjs', 'node_modules/n/index.mjs', 'export const n =', 'refused'],
  ['w.ts', 'node_modules/n/index.cjs', 'exports.n =', 'refused'],
])('%s: no process runs old code of %s as if it were the changed one', async (name, imported, text, outcome) => {
  const folder = mkdtempSync(join(alone, 'changing-'));
  const isPackage = imported.startsWith('node_modules');
  const content = (n: string) => (imported === '' ? `const n = '${n}'; ${text}` : `${text} '${n}';`);
  const file = imported === '' ? name : imported;
  const manifest = { version: '1.0.0', exports: `./${imported.split('/').at(-1) ?? ''}` };
  const path = write(folder, {
    [name]: `import { n } from '${isPackage ? 'n' : `./${imported}`}'; ${worker}`,
    [file]: content('one'),
    ...(isPackage && { 'node_modules/n/package.json': JSON.stringify(manifest) }),
  });
  mkdirSync(join(folder, 'node_modules/@eventmend'), { recursive: true });
  symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), join(folder, 'node_modules/@eventmend/core'));
  const argv = ['--input-type=module', '-e', changing, pathToFileURL(built).href, pathToFileURL(path).href];
  const { stdout } = await promisify(execFile)(process.execPath, [...argv, join(folder, file), content('two')]);
  const refusal = expect.stringContaining('was changed after this process had loaded it') as unknown;
  expect(JSON.parse(stdout)).toEqual(['one', outcome === 'renewed' ? 'two' : refusal]);
});

test('a link to a module imports from where the module lies', async () => {
  const path = write(alone, {
    'real/w.ts': `import { n } from './n.js'; ${worker}`,
    'real/n.ts': `export const n = 'n';`,
  });
  symlinkSync(path, join(alone, 'link.ts'));
  expect((await load(join(alone, 'link.ts')))[0]).toMatchObject({ name: 'n' });
});

const failures: readonly [what: string, files: Files, message: RegExp, hint: RegExp][] = [
  [
    'what defineWorker refuses keeps its own hint',
    {
      'w.mjs': `import { defineWorker } from '@eventmend/core';
      export default defineWorker({ name: 'x', version: '1', key: () => 'a', evolv: () => 1 });`,
    },
    /unknown property "evolv" \(.*w\.mjs\)/,
    /evolve/,
  ],
  ['a throw names file and line', { 'w.mjs': `import './h.mjs';`, 'h.mjs': `\n\nnull.x;` }, /h\.mjs:3\)/, /evolve/],
  ['JSON that is none is no syntax error', { 'w.mjs': `\nJSON.parse('{');` }, /threw while.*w\.mjs:2\)/, /evolve/],
  ['thrown null', { 'w.mjs': `throw null;` }, /threw while it was loaded: object null/, /evolve/],
  ['a syntax error', { 'w.mjs': `const a = 1;\nconst = 2;` }, /syntax error at .*w\.mjs:2:6/, /correct/],
  [
    'a syntax error of an import',
    { 'w.mjs': `import './h.mjs';`, 'h.mjs': `\na b` },
    /syntax error at .*h\.mjs:2:/,
    /correct/,
  ],
  [
    'a missing package',
    { 'w.mjs': `import './h.mjs';`, 'h.mjs': `import 'nope-nope';` },
    /'nope-nope'/,
    /that .*h\.mjs imports/,
  ],
  ['a missing file', { 'w.mjs': `import './gone.mjs';` }, /'\.\/gone\.mjs'/, /correct the path/],
  ['no default', { 'w.mjs': `export const w = 1;` }, /no default export/, /export default defineWorker/],
];

test.each(['alone', 'installed', 'typescript'])('failures are explained: %s', async (where) => {
  const folder = where === 'installed' ? installed : alone;
  const compiled = (text: string): string => (where === 'typescript' ? text.replaceAll('.mjs', '.ts') : text);
  const paths = failures.map(([, files], index) =>
    write(
      folder,
      Object.fromEntries(
        Object.entries(files).map(([name, text]) => [compiled(`${where}${index}/${name}`), compiled(text)]),
      ),
    ),
  );
  const answers = await load(...paths);
  const pattern = (given: RegExp): RegExp =>
    where === 'typescript' ? new RegExp(given.source.replaceAll('mjs', 'ts')) : given;
  failures.forEach(([what, , message, hint], index) => {
    expect({ what, ...answers[index] }).toMatchObject({
      what,
      code: 'invalid-worker',
      message: expect.stringMatching(pattern(message)),
      hint: expect.stringMatching(pattern(hint)),
    });
  });
});

test('a module that ran is not run again to explain why it failed', async () => {
  const path = write(installed, { 'once.mjs': `${counted} JSON.parse('{');` });
  expect((await load(path))[0]).toMatchObject({ code: 'invalid-worker', evaluated: 1 });
});

test('a name that the other module does not export is told', async () => {
  const path = write(installed, {
    'names/w.mjs': `import { y } from './h.mjs'; y();`,
    'names/h.mjs': 'export const z = 1;',
  });
  expect((await load(path))[0]).toMatchObject({
    message: expect.stringMatching(/cannot be linked: .*named 'y'/),
    hint: expect.stringContaining('compare the names'),
  });
});
