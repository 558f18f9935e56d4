import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../workspace/paths.mjs';
import { runCommand } from '../workspace/run-command.mjs';
import { passes } from './boundaries-step.mjs';
import { forbiddenSiblings, mayImport } from './layers.mjs';

const core = '@eventmend/core';
const replay = '@eventmend/log-replay';
const checkpoint = '@eventmend/checkpoint';
const services = '@eventmend/test-services';

/** A package that is there; its exports name the build, as ours do. */
const manifest = (name, more = {}, subpaths = []) => {
  const entries = ['index', ...subpaths].map((entry) => [
    entry === 'index' ? '.' : `./${entry}`,
    { types: `./dist/${entry}.d.ts`, default: `./dist/${entry}.js` },
  ]);
  return JSON.stringify({ name, version: '1.0.0', type: 'module', exports: Object.fromEntries(entries), ...more });
};
const depends = (...names) => Object.fromEntries(names.map((name) => [name, '1']));
const driver = { peerDependencies: depends('driver'), peerDependenciesMeta: { driver: { optional: true } } };

/** A workspace of four packages in which everything is as it should be. */
const healthy = {
  'package.json': manifest('workspace', {
    workspaces: ['packages/*', 'examples/*', '.ci/test-services'],
    devDependencies: depends('vitest'),
  }),
  'packages/core/package.json': manifest(
    core,
    { dependencies: depends('jiti'), devDependencies: depends(services), ...driver },
    ['kafka'],
  ),
  'packages/core/src/index.ts': [
    "export { x } from './model/x.js';",
    "import 'node:fs';",
    "import type { D } from 'driver';",
    "export const load = () => import('jiti');",
    "export const open = (): Promise<D> => import('./sources/driven.js');",
  ].join('\n'),
  'packages/core/src/kafka.ts': "export * from './sources/driven.js';",
  'packages/core/src/model/x.ts': "// import 'not-really'\nexport const x = \"import 'nor-this'\";",
  'packages/core/src/model/x.test.ts': `import 'vitest';\nimport '../testing/kit.js';\nimport '${core}';\nimport '${services}';`,
  'packages/core/test/model/scenario.ts': '',
  'packages/core/src/sources/driven.ts': "import 'driver';\nimport '../model/x.js';",
  'packages/core/src/testing/kit.ts': "import '../sources/driven.js';",
  'packages/log-replay/package.json': manifest(replay, {
    dependencies: depends(core),
    devDependencies: depends(services),
  }),
  'packages/log-replay/src/index.ts': `import type { A } from '${core}';\nexport { b } from '${core}/kafka';`,
  'packages/log-replay/bench/a.bench.mjs': `import '../../../.ci/bench/interleaved.mjs';\nimport '${services}';`,
  'packages/log-replay/test/like-model.ts': "import '../../core/test/model/scenario.js';",
  'packages/checkpoint/package.json': manifest(checkpoint),
  'packages/checkpoint/src/index.ts': '',
  'examples/flights/package.json': manifest('@eventmend/example-flights', { devDependencies: depends('parquet') }),
  'examples/flights/src/index.ts': "import 'parquet';",
  '.ci/bench/interleaved.mjs': '',
  '.ci/test-services/package.json': manifest(services, { private: true, dependencies: depends('jiti') }),
  '.ci/test-services/src/index.ts': "import 'jiti';",
  '.ci/test-services/test/a.test.ts': `import 'vitest';\nimport '${services}';`,
};

/** What is broken, the file that breaks it, and the rule that must object to that file. */
const broken = {
  'a strategy imports another': ['packages/log-replay/src/a.ts', `import '${checkpoint}';`, 'layers'],
  'a type of another strategy': ['packages/log-replay/src/b.ts', `import type { A } from '${checkpoint}';`, 'layers'],
  'a test imports another strategy': ['packages/log-replay/src/c.test.ts', `import '${checkpoint}';`, 'layers'],
  'core imports a strategy': ['packages/core/src/d.ts', `export * from '${replay}';`, 'layers'],
  'a package of ours that is not declared': ['packages/checkpoint/src/e.ts', `import '${core}';`, 'declared-package'],
  'an undeclared package': ['packages/core/src/f.ts', "import 'stranger';", 'declared'],
  'an undeclared package, later': ['packages/core/src/g.ts', "await import('stranger');", 'declared'],
  'a tool of development in what is published': ['packages/core/src/h.ts', "import 'vitest';", 'published'],
  'a file of another package': ['packages/log-replay/src/i.ts', "import '../../core/src/model/x.js';", 'own-package'],
  'the build of another package': ['packages/log-replay/src/j.ts', "import '../../core/dist/index.js';", 'own-package'],
  'the tests of a package below, in what is published': [
    'packages/log-replay/src/u.ts',
    "import '../../core/test/model/scenario.js';",
    'own-package',
  ],
  'the tests of a package above': [
    'packages/core/test/v.ts',
    "import '../../log-replay/test/like-model.js';",
    'layers',
  ],
  'the sources of another package in a test': [
    'packages/log-replay/test/w.ts',
    "import '../../core/src/model/x.js';",
    'own-package',
  ],
  'the servers for tests outside of a test': ['packages/log-replay/src/y.ts', `import '${services}';`, 'test-services'],
  'servers for tests that know a package of ours': ['.ci/test-services/src/z.ts', `import '${core}';`, 'layers'],
  'a file that is not exported': ['packages/log-replay/src/k.ts', `import '${core}/dist/model/x.js';`, 'resolves'],
  'what is not there': ['packages/core/src/l.ts', "import './missing.js';", 'resolves'],
  'the bench tools outside of a bench': [
    'packages/core/src/m.ts',
    "import '../../../.ci/bench/interleaved.mjs';",
    'bench-tools',
  ],
  'a package that imports its own build': ['packages/core/src/n.ts', `import '${core}';`, 'source-of-oneself'],
  'a wing imports a later one': [
    'packages/core/src/model/o.ts',
    "import type {} from '../sources/driven.js';",
    'wings',
  ],
  'a wing imports an entry': ['packages/core/src/sources/p.ts', "import '../index.js';", 'wings'],
  'a wing imports what is no wing': ['packages/core/src/runs/q.ts', "import '../other/r.js';", 'wings'],
  'a circle of types': ['packages/core/src/s.ts', "import type {} from './t.js';", 'no-circle'],
  'a driver that the root loads': [
    'packages/core/src/index.ts',
    `${healthy['packages/core/src/index.ts']}\nexport * from './kafka.js';`,
    'lazy-driver',
  ],
};
const support = {
  'packages/core/src/other/r.ts': '',
  'packages/core/src/t.ts': "import type {} from './s.js';",
};

const installed = ['vitest', 'jiti', 'driver', 'parquet', 'stranger'];
let workspace;

/** Lays out a workspace and gives what dependency-cruiser objects to in it, as `rule file`. */
async function objections(files) {
  rmSync(workspace, { recursive: true, force: true });
  const write = (name, text) => {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  for (const name of installed) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  for (const folder of ['packages/core', 'packages/log-replay', 'packages/checkpoint', '.ci/test-services']) {
    for (const file of ['index.js', 'index.d.ts', 'kafka.js', 'kafka.d.ts', 'model/x.js']) {
      write(`${folder}/dist/${file}`, '');
    }
    mkdirSync(join(workspace, 'node_modules', '@eventmend'), { recursive: true });
    symlinkSync(join(workspace, folder), join(workspace, 'node_modules', '@eventmend', basename(folder)));
  }
  const depcruise = join(root, 'node_modules', '.bin', 'depcruise');
  const results = await Promise.all(
    passes(['packages/core/src/index.ts']).map(async (args) => {
      const { stdout, output } = await runCommand(process.execPath, [depcruise, ...args, '--output-type', 'json'], {
        cwd: workspace,
      });
      assert.match(stdout, /^\{/, output);
      return JSON.parse(stdout).summary.violations;
    }),
  );
  return results.flat().map(({ rule, from }) => `${rule.name} ${from}`);
}

describe('imports', () => {
  let found;
  before(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'eventmend-boundaries-'));
    const cases = Object.fromEntries(Object.values(broken).map(([file, text]) => [file, text]));
    found = await objections({ ...healthy, ...support, ...cases });
  });
  after(() => rmSync(workspace, { recursive: true, force: true }));

  for (const [name, [file, , rule]] of Object.entries(broken)) {
    test(name, () => {
      const reported = found.filter((line) => line.endsWith(` ${file}`));
      assert.deepEqual([...new Set(reported)], [`${rule} ${file}`]);
    });
  }

  test('a healthy workspace has no problems', async () => assert.deepEqual(await objections(healthy), []));
});

test('a package that is not named anywhere is a strategy', () => {
  assert.equal(mayImport('@eventmend/fourth', core), true);
  assert.equal(mayImport('@eventmend/fourth', replay), false);
  assert.equal(mayImport(replay, '@eventmend/fourth'), false);
  assert.equal(mayImport('@eventmend/cli', '@eventmend/fourth'), true);
  assert.equal(mayImport('@eventmend/fourth', services), true);
  assert.equal(mayImport(services, core), false);
});

test('the linter is told the same', () => {
  const forbids = (importer, specifier) => new RegExp(forbiddenSiblings(importer)[0].regex).test(specifier);
  assert.equal(forbids(replay, checkpoint), true);
  assert.equal(forbids(replay, `${core}/sqlite`), false);
  assert.equal(forbids(replay, services), false);
  assert.equal(forbids(core, services), false);
  assert.equal(forbids(replay, replay), false);
  assert.equal(forbids(core, replay), true);
  assert.equal(forbids(core, '@eventmend/core-extra'), true);
});
