import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
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

const cases = fc.record({
  present: fc.uniqueArray(fc.constantFrom(...files), { minLength: 3, maxLength: 12 }),
  manifest: fc.option(manifest),
  passesOn: fc.constantFrom('./lib', './lib.js', './lib/', './lib/main', '.', 'p/lib', './index.cjs'),
  passing: fc.option(fc.constantFrom(...files)),
  specifier: fc.constantFrom('p', 'p/', 'p/lib', 'p/lib.js', 'p/lib/', 'p/lib/main.js', 'p/main', '#p'),
  way: fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[])),
});
type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never;

const core = fileURLToPath(new URL('../../..', import.meta.url));

/** Lays out a package and a worker that imports it. */
function layOut(root: string, { present, manifest: fields, passesOn, passing, specifier, way }: Case): string {
  const write = (name: string, content: string) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  };
  for (const name of present)
    write(`node_modules/p/${name}`, contentOf(name, fields?.type, name === passing ? passesOn : null));
  if (fields !== null) write('node_modules/p/package.json', JSON.stringify({ name: 'p', version: '1', ...fields }));
  write('package.json', JSON.stringify({ imports: { '#p': 'p' } }));
  mkdirSync(join(root, 'node_modules/@eventmend'), { recursive: true });
  symlinkSync(core, join(root, 'node_modules/@eventmend/core'));
  const exported = way.endsWith('.cjs') || way.endsWith('.cts') ? 'module.exports =' : 'export default';
  const worker = `{ name: String(found), [Symbol.for('eventmend.Worker')]: true }`;
  write(way, `${ways[way](specifier)} ${exported} ${worker};`);
  return join(root, way);
}

// Node itself must resolve, so the built package loads in a process of its own: the test runner resolves in its own way.
const program = `
  const { loadWorkerModule } = await import(${JSON.stringify(pathToFileURL(join(core, 'dist/worker/load-worker-module.js')).href)});
  const { readFileSync, writeFileSync } = await import('node:fs');
  process.on('uncaughtException', () => undefined); // a module that cannot be loaded may be told twice
  const names = [];
  for (const url of JSON.parse(readFileSync(process.argv[1], 'utf8')))
    names.push(await loadWorkerModule(url).then(({ name }) => name, () => 'undefined'));
  writeFileSync(process.argv[1], JSON.stringify(names));`;

const seed = Number(process.env['EVENTMEND_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test(`what is loaded of a package was reached (seed ${seed})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reach-'));
  try {
    const numRuns = process.env['EVENTMEND_FULL'] === '1' ? 3000 : 300;
    const sample = fc.sample(cases, { numRuns, seed });
    const importers = sample.map((given, n) => layOut(join(folder, String(n)), given));
    const list = join(folder, 'list.json');
    writeFileSync(list, JSON.stringify(importers.map((path) => pathToFileURL(path).href)));
    await promisify(execFile)(process.execPath, ['--no-deprecation', '--input-type=module', '-e', program, list]);
    const names = JSON.parse(readFileSync(list, 'utf8')) as readonly string[];
    expect(names.filter((name) => name !== 'undefined').length).toBeGreaterThan(numRuns / 5);
    sample.forEach((given, n) => {
      const name = names[n] as string;
      if (name === 'undefined') return;
      const imports = [{ specifier: given.specifier, importer: importers[n] as string }];
      const reached = reachInstalled(imports).files.map(([label]) => label);
      expect(reached, JSON.stringify(given)).toContain(`p@${given.manifest === null ? '' : '1'}/${name}`);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
