import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { findUnhashedCode } from './find-unhashed-code.js';

function find(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'unhashed-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return findUnhashedCode(pathToFileURL(join(folder, 'worker.ts')).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each([
  ['await import(name)', 'computed-import'],
  ['await import(`./${name}.js`)', 'computed-import'],
  ['require(\n name)', 'computed-import'],
  ['const load = createRequire(import.meta.url);', 'renamed-require'],
  ["const rates = JSON.parse(readFileSync('rates.json', 'utf8'));", 'file-read'],
  ["fs.readFileSync('rates.json')", 'file-read'],
])('%s', (code, kind) => {
  expect(find({ 'worker.ts': `\n${code}` })).toEqual([{ kind, places: ['worker.ts:2'] }]);
});

test.each([
  "await import('./a.js')",
  'require(`./a.js`)',
  "import(/* lazily */ './a.js')",
  'const require = createRequire(import.meta.url);',
  "import { createRequire } from 'node:module';",
  '// await import(name)',
  ' * require(name)',
  'rules.import(name)',
])('%s leads to nothing that is not known', (code) => {
  expect(find({ 'worker.ts': code, 'a.js': '' })).toEqual([]);
});

test('modules that the worker imports are looked through, too', () => {
  expect(find({ 'worker.ts': `import './a.js';`, 'a.ts': 'import(x);\nimport(y);' })).toEqual([
    { kind: 'computed-import', places: ['a.ts:1', 'a.ts:2'] },
  ]);
});
