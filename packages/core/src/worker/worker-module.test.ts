import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isWorker } from './define-worker.js';
import { hashWorkerModule } from './hash-worker-module.js';
import { loadWorkerModule } from './load-worker-module.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worker-module-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Writes files and gives the URL of the first. */
async function module(files: Record<string, string>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return pathToFileURL(join(folder, Object.keys(files)[0] as string)).href;
}
const brand = `Symbol.for('eventmend.Worker')`;
/** A worker as another copy of the package would have made it, so that these modules import nothing. */
const handMade = `{ name: 'hand', [${brand}]: true }`;

test.each([
  [
    'worker.ts',
    `enum Kind { A = 'ts' }\nconst name: string = Kind.A;\nexport default { name, [${brand}]: true };`,
    'ts',
  ],
  ['worker.mts', `export default { name: 'mts' as const, [${brand}]: true };`, 'mts'],
  ['worker.mjs', `export default { name: 'mjs', [${brand}]: true };`, 'mjs'],
  ['worker.js', `export default { name: 'js', [${brand}]: true };`, 'js'],
  ['worker.cjs', `module.exports = { name: 'cjs', [${brand}]: true };`, 'cjs'],
])('%s is loaded', async (file, source, name) => {
  const worker = await loadWorkerModule(await module({ [file]: source }));
  expect(isWorker(worker)).toBe(true);
  expect(worker.name).toBe(name);
});

test('relative imports and top-level await work in TypeScript', async () => {
  const url = await module({
    'worker.ts': `import { name } from './lib/name.js';\nimport data from './data.json' with { type: 'json' };\nawait Promise.resolve();\nexport default { name: name(data.suffix), [${brand}]: true };`,
    'lib/name.ts': `export function name(suffix: string): string { return 'from-' + suffix; }`,
    'data.json': '{"suffix":"data"}',
  });
  expect((await loadWorkerModule(url)).name).toBe('from-data');
});

test.each<[what: string, files: Record<string, string>, message: RegExp, hint: RegExp]>([
  ['a syntax error', { 'w.ts': 'const a = 1;\nconst b: = 2;' }, /syntax error at .*w\.ts:2:\d+/, /correct/],
  [
    'a syntax error in JavaScript',
    { 'w.mjs': 'const a = 1;\nconst = 2;' },
    /syntax error at .*w\.mjs:2:\d+/,
    /correct/,
  ],
  [
    'a syntax error in an import',
    { 'w.ts': `import './x.ts';`, 'x.ts': 'a b' },
    /syntax error at .*x\.ts:1/,
    /correct/,
  ],
  ['an error while loading', { 'w.ts': `throw new Error('boom')` }, /threw while it was loaded: Error: boom/, /evolve/],
  ['a missing package', { 'w.ts': `import 'no-such-package-here';` }, /no-such-package-here/, /install/],
  ['a missing file', { 'w.mjs': `import './gone.js';` }, /gone\.js/, /correct the path/],
  ['no default export', { 'w.ts': `export const other = 1;` }, /no default export/, /export default defineWorker/],
  [
    'a worker under a name',
    { 'w.ts': `export const orders = ${handMade};` },
    /no default export/,
    /exports a worker as orders/,
  ],
  ['a plain object', { 'w.ts': `export default { name: 'x' };` }, /not made by defineWorker/, /wrap it/],
  ['a function', { 'w.ts': `export default () => 1;` }, /not made by defineWorker/, /defineWorker/],
  ['another kind of file', { 'w.py': 'pass' }, /neither TypeScript nor JavaScript/, /\.ts/],
])('%s is refused with a hint', async (_, files, message, hint) => {
  const error = expect.objectContaining({
    code: 'invalid-worker',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  }) as Error;
  await expect(loadWorkerModule(await module(files))).rejects.toEqual(error);
});

test('what is not there, is a folder or is no URL is named', async () => {
  await expect(loadWorkerModule(pathToFileURL(join(folder, 'none.ts')).href)).rejects.toMatchObject({
    code: 'invalid-worker',
    message: expect.stringContaining('does not exist'),
  });
  await expect(loadWorkerModule(pathToFileURL(folder).href)).rejects.toMatchObject({
    code: 'invalid-worker',
    message: expect.stringContaining('not a file'),
  });
  await expect(loadWorkerModule('worker.ts')).rejects.toMatchObject({
    code: 'invalid-worker',
    message: expect.stringContaining('file: URL'),
  });
});

const graph = {
  'worker.ts': `import { a } from './lib/a.js';\nexport { b } from './b';\nimport type { T } from './types.js';\nimport x from 'x';\nimport 'node:fs';\nconst c = await import('./c.mjs');\nexport default a;`,
  'lib/a.ts': `import '../data.json';\nexport const a = require('./deep/index.cjs');`,
  'lib/deep/index.cjs': 'module.exports = 1;',
  'b.ts': 'export const b = 1;',
  'types.ts': 'export type T = 1;',
  'c.mjs': 'export default 1;',
  'data.json': '1',
  'unused.ts': 'export {}',
  'node_modules/x/package.json': '{"name":"x","version":"1.0.0"}',
};

test('the hash does not depend on the folder', async () => {
  const first = hashWorkerModule(await module(graph));
  const other = await mkdtemp(join(tmpdir(), 'worker-module-'));
  try {
    await cp(folder, join(other, 'deeper'), { recursive: true });
    expect(hashWorkerModule(pathToFileURL(join(other, 'deeper/worker.ts')).href)).toBe(first);
  } finally {
    await rm(other, { recursive: true });
  }
  expect(first).toMatch(/^[0-9a-f]{64}$/);
});

test.each(Object.keys(graph))('a change of %s shows, unless nothing imports it', async (name) => {
  const url = await module(graph);
  const before = hashWorkerModule(url);
  const changed = name.endsWith('package.json')
    ? '{"name":"x","version":"1.0.1"}'
    : `${graph[name as keyof typeof graph]} `;
  await writeFile(join(folder, name), changed);
  expect(hashWorkerModule(url) === before).toBe(name === 'unused.ts');
});

test('imports in a circle end', async () => {
  const url = await module({ 'a.ts': `import './b.js';`, 'b.ts': `import './a.js';` });
  expect(hashWorkerModule(url)).toMatch(/^[0-9a-f]{64}$/);
});

test('an import that leads nowhere counts by name, a module that is not there is refused', async () => {
  const hash = hashWorkerModule(await module({ 'a.ts': `import './gone.js';` }));
  expect(hash).not.toBe(hashWorkerModule(await module({ 'a.ts': `import './gone2.js';` })));
  expect(() => hashWorkerModule(pathToFileURL(join(folder, 'none.ts')).href)).toThrow(
    expect.objectContaining({ code: 'invalid-worker' }) as Error,
  );
});
