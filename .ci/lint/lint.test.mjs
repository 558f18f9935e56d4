import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../workspace/paths.mjs';
import { runTool } from '../workspace/run-command.mjs';
import { classInstances, nativeLinter, objectionsToInstances } from './class-instances.mjs';
import { linters } from './lint-step.mjs';
import { typedRules } from './typed-rules.mjs';
import { uncompiledFiles } from './uncompiled-files.mjs';

const promise = 'declare const later: () => Promise<void>;';
const anything =
  'declare const anything: { readonly value: any }; // eslint-disable-line @typescript-eslint/no-explicit-any';
const member = `${anything}\nexport const length = (anything.value.length as number) + 1;`;

/** What is wrong, the file it is in, and the rule that must object to it. */
const broken = {
  'a promise that nobody waits for': ['packages/core/src/a.ts', `${promise}\nlater();`, 'no-floating-promises'],
  'a promise in a test that nobody waits for': [
    'packages/core/test/a.ts',
    `${promise}\nlater();`,
    'no-floating-promises',
  ],
  'a promise in a test beside the code': [
    'packages/core/src/a.test.ts',
    `${promise}\nlater();`,
    'no-floating-promises',
  ],
  'a promise in an example that nobody waits for': [
    'examples/flights/src/a.ts',
    `${promise}\nlater();`,
    'no-floating-promises',
  ],
  'a promise where nothing is expected': [
    'packages/core/src/b.ts',
    `${promise}\n[1].forEach(async () => {\n  await later();\n});`,
    'no-misused-promises',
  ],
  'a promise that is taken for a condition': [
    'packages/core/src/c.ts',
    `${promise}\nexport const is = later() ? 1 : 2;`,
    'no-misused-promises',
  ],
  'a member of whatever it is': ['packages/core/src/d.ts', member, 'no-unsafe-member-access'],
  'whatever it is, returned': [
    'packages/core/src/e.ts',
    `${anything}\nexport const value = (): string => anything.value;`,
    'no-unsafe-return',
  ],
  'a member of a union that a switch forgets': [
    'packages/core/src/f.ts',
    "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}",
    'switch-exhaustiveness-check',
  ],
  'a list in a message': [
    'packages/core/src/g.ts',
    'export const text = (x: readonly number[]): string => `${x}`;',
    'restrict-template-expressions',
  ],
  'a package that may not be known': [
    'packages/core/src/h.ts',
    "export * from '@eventmend/log-replay';",
    'no-restricted-imports',
  ],
  'a type of a package that may not be known': [
    'packages/log-replay/src/a.ts',
    "export type { A } from '@eventmend/checkpoint';",
    'no-restricted-imports',
  ],
  'a type that is imported as if it were a value': [
    'packages/core/src/i.ts',
    "import { Stats } from 'node:fs';\nexport type Size = Stats['size'];",
    'consistent-type-imports',
  ],
  'the console in a library': ['packages/core/src/j.ts', "console.log('x');", 'no-console'],
  'a module of Node without node:': ['packages/core/src/k.ts', "export * from 'fs';", 'no-restricted-imports'],
  'a module of Node without node:, in JavaScript': [
    'examples/flights/a.mjs',
    "export * from 'fs/promises';",
    'no-restricted-imports',
  ],
  'a name that is nowhere': ['examples/flights/b.mjs', 'nowhere();', 'no-undef'],
  'a value that is overwritten unread': [
    'packages/core/src/l.ts',
    'export function f(x: number): number {\n  let y = 1;\n  y = x;\n  return y;\n}',
    'no-useless-assignment',
  ],
  'a void that discards nothing': [
    'packages/core/src/m.ts',
    'export const f = (x: number): void => void x;',
    'no-restricted-syntax',
  ],
  'a comment that lets ESLint pass nothing': [
    'packages/core/src/n.ts',
    '// eslint-disable-next-line no-console',
    'unused',
  ],
  'a comment that lets oxlint pass nothing': [
    'packages/core/src/o.ts',
    '// oxlint-disable-next-line typescript/no-floating-promises',
    'unused',
  ],
};

/** Nobody objects to these. */
const healthy = {
  'packages/core/src/said.ts': `${promise}\nlater(); // oxlint-disable-line typescript/no-floating-promises -- said`,
  'packages/core/test/b.ts': member,
  'packages/cli/src/a.ts': "console.log('x');\nexport type { A } from '@eventmend/log-replay';",
  'packages/log-replay/src/b.ts': "import type { A } from '@eventmend/core';\nexport type B = A;",
  'packages/core/src/discards.ts': `${promise}\nvoid later();\nexport const f = (): void => void (async () => later())();`,
};

const lookalike = [
  'class Named {\n  name = 1;\n}',
  'export const like: Named = { name: 1 };',
  'export const real: Named = new Named();',
].join('\n');

let workspace;
let found;

const write = (name, text) => {
  mkdirSync(dirname(join(workspace, name)), { recursive: true });
  writeFileSync(join(workspace, name), `${text}\n`);
};

/** What a linter objects to, as pairs of file and rule; the prefixes of rules are those of plugins. */
async function objectionsOf({ tool, args }) {
  const { stdout, output } = await runTool(tool, [...args, '--format=json', 'packages', 'examples'], {
    cwd: workspace,
  });
  assert.ok(stdout.startsWith('[') || stdout.startsWith('{'), output);
  const report = JSON.parse(stdout);
  if (tool === 'eslint') {
    return report.flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId }) => [relative(workspace, filePath), ruleId?.replace(/^.*[/]/, '') ?? 'unused']),
    );
  }
  return report.diagnostics.map(({ filename, code }) => [filename, code?.replace(/^\w+\((.*)\)$/, '$1') ?? 'unused']);
}

before(async () => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'eventmend-lint-')));
  for (const name of ['node_modules', '.ci', 'eslint.config.js', 'oxlint.config.mjs', 'tsconfig.base.json'])
    symlinkSync(join(root, name), join(workspace, name));
  write('package.json', '{ "type": "module" }');
  const folders = ['packages/core', 'packages/log-replay', 'packages/cli', 'examples/flights'];
  for (const folder of folders)
    write(
      `${folder}/tsconfig.json`,
      JSON.stringify({ extends: '../../tsconfig.base.json', include: ['src/**/*.ts', 'test/**/*.ts'] }),
    );
  write('tsconfig.json', JSON.stringify({ files: [], references: folders.map((path) => ({ path: `./${path}` })) }));
  for (const [file, text] of Object.entries(healthy)) write(file, text);
  for (const [file, text] of Object.values(broken)) write(file, text);
  write('packages/core/src/lookalike.ts', lookalike);
  found = (await Promise.all(linters.map(objectionsOf))).flat();
});
after(() => rmSync(workspace, { recursive: true, force: true }));

describe('the linters object to', () => {
  for (const [name, [file, , rule]] of Object.entries(broken)) {
    test(name, () => {
      const rules = found.filter(([where]) => where === file).map(([, broke]) => broke);
      assert.deepEqual([...new Set(rules)], [rule]);
    });
  }
});

test('the linters object to nothing else', () => {
  const known = Object.values(broken).map(([file]) => file);
  assert.deepEqual(
    found.filter(([file]) => !known.includes(file)),
    [],
  );
});

test('what only looks like an instance of a class is found, and an instance is not', async () => {
  const lines = await objectionsToInstances([join(workspace, 'packages/core/src/lookalike.ts')], workspace);
  assert.deepEqual(
    lines.map((line) => line.split(': ')[0]),
    ['packages/core/src/lookalike.ts:4:28'],
  );
});

test('oxlint does not know the one rule that is asked for beside it; once it does, class-instances.mjs can go', async () => {
  const { stdout } = await runTool('oxlint', ['--rules', '--format=json']);
  const known = JSON.parse(stdout).map(({ value }) => value);
  assert.ok(known.includes('no-floating-promises'));
  assert.ok(!known.includes(classInstances));
  assert.ok(`@typescript-eslint/${classInstances}` in typedRules({ but: [] }));
});

test('a file that no project compiles is named', () => {
  const files = ['packages/core/src/a.ts', 'packages/core/stray.ts'].map((name) => join(workspace, name));
  assert.deepEqual(uncompiledFiles(files, workspace), [files[1]]);
});

test('where the program for this platform is missing, that is said', () => {
  assert.throws(() => nativeLinter('plan9-mips'), /no linter with types for plan9-mips/);
});
