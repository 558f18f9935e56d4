import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadWorkerModule } from './load-worker-module.js';
import { resolveRelativeModule } from './resolve-relative-module.js';

const files = [
  ...['ts', 'tsx', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `b.${ending}`),
  ...['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `b/index.${ending}`),
  'b.js.ts',
  'b/main.js',
];
const specifiers = ['./b', './b.js', './b.mjs', './b.cjs', './b.ts', './b.json', './b/', './b/main', '././b'];

function contentOf(name: string): string {
  if (name.endsWith('.json')) return JSON.stringify({ found: name });
  return /\.c[jt]s$/.test(name) ? `module.exports = { found: '${name}' };` : `export const found = '${name}';`;
}

test('the file that is hashed is the file that is loaded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resolve-'));
  try {
    const cases = fc.record({
      present: fc.uniqueArray(fc.constantFrom(...files), { maxLength: 6 }),
      specifier: fc.constantFrom(...specifiers),
      main: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ present, specifier, main }) => {
        const root = mkdtempSync(join(folder, 'case-'));
        const given = main && present.includes('b/main.js') ? { 'b/package.json': '{"main":"main.js"}' } : {};
        const modules = Object.fromEntries(present.map((name) => [name, contentOf(name)]));
        const entry = `import * as b from '${specifier}';
          export default { name: b.found ?? b.default?.found, [Symbol.for('eventmend.Worker')]: true };`;
        for (const [name, content] of Object.entries({ ...modules, ...given, 'worker.ts': entry })) {
          mkdirSync(dirname(join(root, name)), { recursive: true });
          writeFileSync(join(root, name), content);
        }
        const loaded = await loadWorkerModule(pathToFileURL(join(root, 'worker.ts')).href).then(
          (worker) => worker.name,
          () => null,
        );
        const found = resolveRelativeModule(root, specifier);
        expect(found === null ? null : relative(root, found)).toBe(loaded);
      }),
      { numRuns: 150 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
