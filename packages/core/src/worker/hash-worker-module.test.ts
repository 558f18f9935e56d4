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

test('a package counts by its version, and not by its code', () => {
  write({
    'worker.ts': `import x from '@shop/x/deep.js';`,
    'node_modules/@shop/x/package.json': '{"version":"1.0.0"}',
    'node_modules/@shop/x/deep.js': '',
  });
  expect(depends('worker.ts', 'node_modules/@shop/x/deep.js')).toBe(false);
  const before = hash();
  write({ 'node_modules/@shop/x/package.json': '{"version":"1.0.1"}' });
  expect(hash()).not.toBe(before);
});

test('a package that is a link to a folder of the workspace counts by its code', () => {
  write({
    'app/worker.ts': `import x from 'rules';`,
    'rules/package.json': '{"version":"0.0.0"}',
    'rules/src/index.ts': 'export default 1',
    'rules/README.md': '',
    'rules/node_modules/y/index.js': '',
  });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(folder, 'rules'), join(folder, 'node_modules/rules'));
  expect(depends('app/worker.ts', 'rules/src/index.ts')).toBe(true);
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
