import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { passedOn } from './divide-bundle.mjs';
import { inlinedLicences } from './inlined-licences.mjs';
import { root, workspacePackages } from './paths.mjs';

const bundleFiles = (path) =>
  readdirSync(join(path, 'bundle'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => [name, readFileSync(join(path, 'bundle', name), 'utf8')]);

/** What a file of a bundle imports at its top: each import stands at the beginning of a line. */
const importsOf = (text) => [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)";/gm)].map(([, name]) => name);

const packageOf = (name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

for (const { path, manifest } of workspacePackages('packages')) {
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, [manifest.name]: '' };

  test(`the bundle of ${manifest.name} imports what the package declares, and nothing that only another one needs`, () => {
    const imported = bundleFiles(path).flatMap(([, text]) => importsOf(text));
    const foreign = imported.filter((name) => !name.startsWith('.') && !isBuiltin(name)).map(packageOf);
    assert.deepEqual(
      [...new Set(foreign)].filter((name) => !(name in declared)),
      [],
    );
  });
}

test('core exports each module that passes on the names of a chunk', () => {
  const { exports } = workspacePackages('packages').find(
    ({ manifest }) => manifest.name === '@eventmend/core',
  ).manifest;
  const modules = Object.keys(exports).filter((entry) => entry.startsWith('./bundle/'));
  assert.deepEqual(
    modules,
    passedOn.map((chunk) => `./bundle/${chunk}.js`),
  );
});

test('a thread begins in its own file: it waits there for its job, which would wait for it in a chunk of both', () => {
  const core = workspacePackages('packages').find(({ manifest }) => manifest.name === '@eventmend/core');
  const holding = bundleFiles(core.path).filter(([, text]) => text.includes('parentPort?.postMessage'));
  assert.deepEqual(
    holding.map(([name]) => name),
    ['import-rows-job.js', 'job-thread.js'],
  );
});

/** The files of the workspace that a file of a bundle loads, itself included, as `package/file`. */
function loadedWith(path, name, seen = new Set()) {
  const file = join(path, 'bundle', name);
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const from of importsOf(readFileSync(file, 'utf8'))) {
    if (from.startsWith('./')) loadedWith(path, from.slice(2), seen);
    const [scope, other, ...entry] = from.split('/');
    if (scope !== '@eventmend') continue;
    loadedWith(join(path, '..', other), entry[0] === 'bundle' ? entry[1] : `${entry[0] ?? 'index'}.js`, seen);
  }
  return seen;
}

for (const { path, manifest } of workspacePackages('packages')) {
  const jobs = Object.values(manifest.imports ?? {}).filter((target) => target.startsWith('./bundle/'));
  for (const target of jobs.map((job) => job.slice('./bundle/'.length))) {
    test(`a thread that begins with ${target} of ${manifest.name} loads nothing that plans: that took longer than its work`, () => {
      const loaded = [...loadedWith(path, target)].map((file) => file.slice(join(root, 'packages').length + 1));
      assert.deepEqual(
        loaded.filter((file) => /[/](planning|tiers)(-[\w-]+)?[.]js$|core[/]bundle[/]engine[.]js$/.test(file)),
        [],
      );
    });
  }
}

test('the licence of each package of others that became part of a bundle is told, once', () => {
  const zod = join(root, 'node_modules', 'zod');
  const licences = inlinedLicences([join(root, 'x.js'), join(zod, 'a.js'), join(zod, 'v4', 'b.js')]);
  assert.equal(licences.split('Permission is hereby granted').length, 2);
  assert.match(licences, /^zod \d/);
  const core = readFileSync(join(root, 'packages', 'core', 'bundle', 'LICENCES.txt'), 'utf8');
  for (const name of ['csv-parse', 'fzstd', 'hysnappy', 'yaml', 'zod'])
    assert.match(core, new RegExp(`^${name} \\d`, 'm'));
});
