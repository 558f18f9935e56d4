import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadWorkerModule } from '../load-worker-module.js';
import { reachInstalled } from './reach-installed.js';

const files = [
  ...['js', 'mjs', 'cjs', 'ts', 'json'].flatMap((ending) => [
    `index.${ending}`,
    `lib.${ending}`,
    `lib/index.${ending}`,
  ]),
  ...['main.js', 'lib/main.js', 'lib/main.cjs'],
];
const exports = [
  './lib.js',
  { '.': './lib.cjs', './*': './*.js' },
  { '.': { import: './lib.mjs', require: './lib.cjs' }, './lib': { node: { default: './lib/index.js' } } },
  { '.': [{ browser: './main.js', default: './lib.mjs' }], './lib*': null, './lib/*.js': './lib/*.cjs' },
  { types: './lib.ts', 'module-sync': './lib.mjs', default: './main.js' },
];
const manifest = fc.record(
  {
    type: fc.constantFrom('module', 'commonjs'),
    main: fc.constantFrom('main', './lib', 'lib/', 'lib/main.js', 'gone.js'),
    exports: fc.constantFrom(...exports),
  },
  { requiredKeys: [] },
);

/** Each file says what it is called, or passes on what another one says. */
function contentOf(name: string, type: string | undefined, passesOn: string | null): string {
  if (name.endsWith('.json')) return JSON.stringify({ found: name });
  const isModule = /\.m?ts$|\.mjs$/.test(name) || (name.endsWith('.js') && type === 'module');
  if (passesOn === null) return isModule ? `export const found = '${name}';` : `module.exports = { found: '${name}' };`;
  return isModule ? `export * from '${passesOn}';` : `module.exports = require('${passesOn}');`;
}

const ways = {
  'worker.ts': (name: string) => `import * as p from '${name}'; const found = p.found ?? p.default?.found;`,
  'worker.mts': (name: string) => `const p = await import('${name}'); const found = p.found ?? p.default?.found;`,
  'worker.cts': (name: string) => `const p = require('${name}'); const found = p.found ?? p.default?.found;`,
  'worker.mjs': (name: string) => `import * as p from '${name}'; const found = p.found ?? p.default?.found;`,
  'worker.cjs': (name: string) => `const p = require('${name}'); const found = p.found ?? p.default?.found;`,
};

test('what is loaded of a package was reached', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reach-'));
  let loaded = 0;
  try {
    const cases = fc.record({
      present: fc.uniqueArray(fc.constantFrom(...files), { minLength: 3, maxLength: 12 }),
      manifest: fc.option(manifest),
      passesOn: fc.constantFrom('./lib', './lib.js', './lib/', './lib/main', '.', 'p/lib', './index.cjs'),
      passing: fc.option(fc.constantFrom(...files)),
      specifier: fc.constantFrom('p', 'p/', 'p/lib', 'p/lib.js', 'p/lib/', 'p/lib/main.js', 'p/main', '#p'),
      way: fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[])),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ present, manifest: fields, passesOn, passing, specifier, way }) => {
        const root = mkdtempSync(join(folder, 'case-'));
        const write = (name: string, content: string) => {
          mkdirSync(dirname(join(root, name)), { recursive: true });
          writeFileSync(join(root, name), content);
        };
        for (const name of present)
          write(`node_modules/p/${name}`, contentOf(name, fields?.type, name === passing ? passesOn : null));
        if (fields !== null)
          write('node_modules/p/package.json', JSON.stringify({ name: 'p', version: '1', ...fields }));
        write('package.json', JSON.stringify({ imports: { '#p': 'p' } }));
        mkdirSync(join(root, 'node_modules/@eventmend'), { recursive: true });
        symlinkSync(fileURLToPath(new URL('../../..', import.meta.url)), join(root, 'node_modules/@eventmend/core'));
        const exported = way.endsWith('.cjs') || way.endsWith('.cts') ? 'module.exports =' : 'export default';
        const worker = `{ name: String(found), [Symbol.for('eventmend.Worker')]: true }`;
        write(way, `${ways[way](specifier)} ${exported} ${worker};`);
        const importer = join(root, way);
        const name = await loadWorkerModule(pathToFileURL(importer).href).then(
          (worker) => worker.name,
          () => 'undefined',
        );
        if (name === 'undefined') return;
        loaded++;
        const reached = reachInstalled([{ specifier, importer }]).files.map(([label]) => label);
        expect(reached).toContain(`p@${fields === null ? '' : '1'}/${name}`);
      }),
      { numRuns: process.env['EVENTMEND_FULL'] === '1' ? 3000 : 150 },
    );
    expect(loaded).toBeGreaterThan(20);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
