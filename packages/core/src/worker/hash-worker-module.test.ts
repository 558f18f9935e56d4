import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashWorkerModule } from './hash-worker-module.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hash-worker-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(files: Readonly<Record<string, string>>, into = folder): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(into, name)), { recursive: true });
    writeFileSync(join(into, name), content);
  }
}
const hash = (name = 'worker.ts', from = folder): string => hashWorkerModule(pathToFileURL(join(from, name)).href);

/** True when a change of the second file changes the hash of the first. */
function depends(entry: string, changed: string): boolean {
  const before = hash(entry);
  appendFileSync(join(folder, changed), ' ');
  return hash(entry) !== before;
}

const names = ['worker.ts', 'a.ts', 'lib/b.ts', 'lib/deep/c.mts', 'lib/d.js', 'other/e.cjs', 'other/f.json', 'g.ts'];
const edge = fc.record({
  from: fc.nat(names.length - 1),
  to: fc.nat(names.length - 1),
  form: fc.constantFrom<(s: string) => string>(
    (s) => `import x from '${s}';`,
    (s) => `export * from "${s}";`,
    (s) => `import '${s}';`,
    (s) => `import {\n  a, // '\n  b } from '${s}';`,
    (s) => `const x = await import(/* lazily */ '${s}');`,
    (s) => `const y = require(\`${s}\`);`,
  ),
  written: fc.boolean(),
});

/** `.ts` may be named as the compiler would write it. */
function specifier(from: string, to: string, written: boolean): string {
  const path = relative(dirname(from), to).replace(/\\/g, '/');
  const dotted = path.startsWith('.') ? path : `./${path}`;
  return written ? dotted.replace(/\.(m?)ts$/, '.$1js') : dotted;
}

test('exactly the files that the worker reaches count, wherever the folder lies', () => {
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 14 }), (edges) => {
      const files: Record<string, string> = Object.fromEntries(names.map((name) => [name, `// ${name}\n`]));
      const reached = new Set([names[0] as string]);
      const imports = edges.map(({ from, to, form, written }) => ({
        from: names[from] as string,
        to: names[to] as string,
        line: form(specifier(names[from] as string, names[to] as string, written)),
      }));
      for (const { from, line } of imports) if (!from.endsWith('.json')) files[from] = `${files[from] ?? ''}${line}\n`;
      for (let before = 0; before !== reached.size;) {
        before = reached.size;
        for (const { from, to } of imports) if (reached.has(from) && !from.endsWith('.json')) reached.add(to);
      }
      const here = mkdtempSync(join(folder, 'one-'));
      const there = mkdtempSync(join(folder, 'another-folder-'));
      write(files, here);
      cpSync(here, there, { recursive: true });
      let last = hash('worker.ts', here);
      expect(hash('worker.ts', there)).toBe(last);
      for (const name of names) {
        appendFileSync(join(here, name), '\n// changed');
        const next = hash('worker.ts', here);
        expect([name, next !== last]).toEqual([name, reached.has(name)]);
        last = next;
      }
    }),
    { numRuns: 40 },
  );
});

test('a file counts by its path too', () => {
  write({ 'worker.ts': `import './a.js'; import './b.js';`, 'a.ts': '1', 'b.ts': '2' });
  const before = hash();
  write({ 'a.ts': '2', 'b.ts': '1' });
  expect(hash()).not.toBe(before);
});

test('of a source and what was compiled from it, the one that the loader takes counts', () => {
  write({ 'worker.ts': `import './b';`, 'b.ts': '', 'b.js': '' });
  expect(depends('worker.ts', 'b.ts')).toBe(false);
  expect(depends('worker.ts', 'b.js')).toBe(true);
});

test('imports of a linked module count from where it lies', () => {
  write({ 'real/worker.ts': `import './rules.js';`, 'real/rules.ts': '', 'rules.ts': '' });
  symlinkSync(join(folder, 'real/worker.ts'), join(folder, 'link.ts'));
  expect(hash('link.ts')).toBe(hash('real/worker.ts'));
  expect(depends('link.ts', 'real/rules.ts')).toBe(true);
  expect(depends('link.ts', 'rules.ts')).toBe(false);
});

const shop = {
  'worker.ts': `import x from '@shop/x/deep.js'; import '#prices'; import 'app/self';`,
  'package.json':
    '{"name":"app","imports":{"#prices":"./lib/prices.ts","#money":"money"},"exports":{"./self":"./self.mjs"}}',
  'lib/prices.ts': `import '#money';`,
  'self.mjs': '',
  'node_modules/@shop/x/package.json': '{"version":"1.0.0","dependencies":{"y":"*"}}',
  'node_modules/@shop/x/deep.js': `const y = require('y'); require('./rates.json'); require('./folder');`,
  'node_modules/@shop/x/rates.json': '[1]',
  'node_modules/@shop/x/folder/index.js': `/**\n * @example import z from './example.js'\n */`,
  'node_modules/@shop/x/folder/package.json': '{"type":"commonjs"}',
  'node_modules/@shop/x/folder/example.js': '',
  'node_modules/@shop/x/unused.js': '',
  'node_modules/@shop/x/node_modules/y/package.json':
    '{"version":"2.0.0","exports":{"types":"./y.d.ts","import":"./y.mjs","default":{"node":"./y.cjs"}}}',
  'node_modules/@shop/x/node_modules/y/y.d.ts': '',
  'node_modules/@shop/x/node_modules/y/y.mjs': '',
  'node_modules/@shop/x/node_modules/y/y.cjs': `require('#inner/a');`,
  'node_modules/y/index.js': '',
  'node_modules/money/package.json': '{"version":"1.0.0","main":"lib/main.js"}',
  'node_modules/money/index.js': '',
  'node_modules/money/lib/main.js': `export * from './more.js';`,
  'node_modules/money/lib/more.js': `const native = require('./cents.node');`,
  'node_modules/money/lib/cents.node': '',
};
const notReached = [
  ...['node_modules/@shop/x/folder/example.js', 'node_modules/@shop/x/unused.js'],
  ...['node_modules/@shop/x/node_modules/y/y.d.ts', 'node_modules/y/index.js', 'node_modules/money/index.js'],
];

test('of packages the files count that are reached, and no others', () => {
  write(shop);
  for (const name of Object.keys(shop)) {
    if (name.endsWith('package.json')) continue;
    expect([name, depends('worker.ts', name)]).toEqual([name, !notReached.includes(name)]);
  }
});

test.each([
  ['the version', '@shop/x', '{"version":"1.0.1"}'],
  ['the main file', 'money', '{"version":"1.0.0","main":"lib/more.js"}'],
  ['the exports', 'money', '{"version":"1.0.0","main":"lib/main.js","exports":"./lib/main.js"}'],
  ['the kind of its modules', 'money', '{"version":"1.0.0","main":"lib/main.js","type":"module"}'],
  ['the kind of modules in a folder', '@shop/x/folder', '{"type":"module"}'],
  ['the imports', '@shop/x', '{"version":"1.0.0","imports":{"#a":"./a.js"}}'],
])('%s of a package counts', (_, where, manifest) => {
  write(shop);
  const before = hash();
  write({ [`node_modules/${where}/package.json`]: manifest });
  expect(hash()).not.toBe(before);
});

test('scripts of a package do not count', () => {
  write(shop);
  const before = hash();
  write({ 'node_modules/@shop/x/package.json': '{"version":"1.0.0","scripts":{"test":"true"}}' });
  expect(hash()).toBe(before);
});

test('what an alias leads to counts, by the files and by which of them it is', () => {
  const files = { 'worker.ts': `import a from '#a'; import './x.js'; import './y.js';`, 'x.js': '1', 'y.js': '2' };
  write({ ...files, 'package.json': '{"imports":{"#a":"./x.js"}}' });
  const before = hash();
  write({ 'package.json': '{"imports":{"#a":"./y.js"}}' });
  expect(hash()).not.toBe(before);
});

/** Two packages that each bring a copy of `c`, which brings its `d`; the copies differ in what `d` is. */
const copies = (first: string, second: string) => ({
  'worker.ts': `import 'a'; import 'b';`,
  ...Object.fromEntries(
    [
      ['a', first],
      ['b', second],
    ].flatMap(([name, content]) => [
      [`node_modules/${name}/index.js`, `require('c');`],
      [`node_modules/${name}/node_modules/c/index.js`, `require('d');`],
      [`node_modules/${name}/node_modules/c/node_modules/d/index.js`, content],
    ]),
  ),
});

test('which copy of a package another one takes counts', () => {
  write(copies('1', '2'));
  const before = hash();
  write(copies('2', '1'));
  expect(hash()).not.toBe(before);
});

test('where a package manager puts the same packages does not count', () => {
  const app = { 'app/worker.ts': `import 'x'; import 'y';` };
  const x = { 'x/package.json': '{"version":"1.0.0"}', 'x/index.js': `require('y/deep');` };
  const y = { 'y/package.json': '{"version":"1.0.0"}', 'y/deep.js': '', 'y/index.js': '' };
  const at = (place: string, files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([name, content]) => [join(place, name), content]));
  write({ ...app, ...at('app/node_modules', { ...x, ...y }) }, join(folder, 'flat'));
  write({ ...app, ...at('node_modules', { ...x, ...y }) }, join(folder, 'hoisted'));
  const store = join(folder, 'linked/node_modules/.store/node_modules');
  write({ ...app }, join(folder, 'linked'));
  write({ ...x, ...y }, store);
  mkdirSync(join(folder, 'linked/app/node_modules'));
  for (const name of ['x', 'y']) symlinkSync(join(store, name), join(folder, 'linked/app/node_modules', name));
  const flat = hash('app/worker.ts', join(folder, 'flat'));
  expect(hash('app/worker.ts', join(folder, 'hoisted'))).toBe(flat);
  expect(hash('app/worker.ts', join(folder, 'linked'))).toBe(flat);
});

test.each([
  ['with packages', `import 'x';`, '5669bc98397073af799691b3b80ee1634693700ed47e9bb5b31044b75229fd5e'],
  ['with aliases', `import '#a';`, 'f946230991dc8c82980e1776b15f333f8d10e50f2b9fd97c5a80c27eac390917'],
])('plans of 0.1 for a worker %s are stale', (_, code, earlier) => {
  const manifest = { 'package.json': '{"imports":{"#a":"./a.ts"}}', 'a.ts': '1' };
  const x = { 'node_modules/x/package.json': '{"version":"1.0.0"}', 'node_modules/x/index.js': '' };
  write({ ...manifest, ...x, 'worker.ts': code });
  expect(hash()).not.toBe(earlier);
});

test('a worker without packages keeps the hash that plans of 0.1 have', () => {
  write({ 'worker.ts': `import fs from 'node:fs'; import './a.js'; import 'not-installed';`, 'a.ts': '1' });
  expect(hash()).toBe('727188b00d2bce2db0519b20fd32094845d3c096c461a292a3c420039836d244');
});

test('a package that is a link to a folder of the workspace counts by its code', () => {
  write({
    'app/worker.ts': `import x from 'rules';`,
    'rules/package.json': '{"version":"0.0.0","main":"src/index.ts"}',
    'rules/src/index.ts': `import 'z'; export default 1`,
    'rules/README.md': '',
    'rules/src/computed.ts': '',
    'rules/node_modules/y/index.js': '',
    'rules/node_modules/z/index.js': '',
  });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(folder, 'rules'), join(folder, 'node_modules/rules'));
  expect(depends('app/worker.ts', 'rules/src/index.ts')).toBe(true);
  expect(depends('app/worker.ts', 'rules/src/computed.ts')).toBe(true);
  expect(depends('app/worker.ts', 'rules/node_modules/z/index.js')).toBe(true);
  expect(depends('app/worker.ts', 'rules/README.md')).toBe(false);
  expect(depends('app/worker.ts', 'rules/node_modules/y/index.js')).toBe(false);
});

test('this package counts by version, found or lent', () => {
  write({ 'worker.ts': `import { defineWorker } from '@eventmend/core';` });
  const lent = hash();
  write({ 'node_modules/@eventmend/core/package.json': '{"version":"99.0.0"}' });
  expect(hash()).not.toBe(lent);
});

test.each([
  `from 'file://host/x'`,
  `from './${'a'.repeat(400)}'`,
  `import './%'`,
  `from 'file:%2f'`,
  `import '@'`,
  `from '/'`,
  `import '..'`,
])('text that is no import does no harm: %s', (text) => {
  write({ 'worker.ts': text });
  expect(hash()).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['nothing', 'none.ts'],
  ['a folder', '.'],
])('%s is refused', (_, name) => {
  expect(() => hash(name)).toThrow(expect.objectContaining({ code: 'invalid-worker' }) as Error);
});
