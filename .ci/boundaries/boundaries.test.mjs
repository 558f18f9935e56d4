import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../workspace/paths.mjs';
import { runCommand } from '../workspace/run-command.mjs';
import { passes } from './boundaries-step.mjs';
import { forbiddenSiblings, mayImport } from './layers.mjs';

const core = '@eventmend/core';
const replay = '@eventmend/log-replay';
const checkpoint = '@eventmend/checkpoint';

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

/** A workspace of three packages in which everything is as it should be. */
const healthy = {
  'package.json': manifest('workspace', {
    workspaces: ['packages/*', 'examples/*'],
    devDependencies: depends('vitest'),
  }),
  'packages/core/package.json': manifest(core, { dependencies: depends('jiti'), ...driver }, ['kafka']),
  'packages/core/src/index.ts': [
    "export { x } from './model/x.js';",
    "import 'node:fs';",
    "import type { D } from 'driver';",
    "export const load = () => import('jiti');",
    "export const open = (): Promise<D> => import('./sources/driven.js');",
  ].join('\n'),
  'packages/core/src/kafka.ts': "export * from './sources/driven.js';",
  'packages/core/src/model/x.ts': "// import 'not-really'\nexport const x = \"import 'nor-this'\";",
  'packages/core/src/model/x.test.ts': `import 'vitest';\nimport '../testing/kit.js';\nimport '${core}';`,
  'packages/core/src/sources/driven.ts': "import 'driver';\nimport '../model/x.js';",
  'packages/core/src/testing/kit.ts': "import '../sources/driven.js';",
  'packages/log-replay/package.json': manifest(replay, { dependencies: depends(core) }),
  'packages/log-replay/src/index.ts': `import type { A } from '${core}';\nexport { b } from '${core}/kafka';`,
  'packages/log-replay/bench/a.bench.mjs': "import '../../../.ci/bench/interleaved.mjs';",
  'packages/checkpoint/package.json': manifest(checkpoint),
  'packages/checkpoint/src/index.ts': '',
  'examples/flights/package.json': manifest('@eventmend/example-flights', { devDependencies: depends('parquet') }),
  'examples/flights/src/index.ts': "import 'parquet';",
  '.ci/bench/interleaved.mjs': '',
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
  for (const name of ['core', 'log-replay', 'checkpoint']) {
    for (const file of ['index.js', 'index.d.ts', 'kafka.js', 'kafka.d.ts', 'model/x.js']) {
      write(`packages/${name}/dist/${file}`, '');
    }
    mkdirSync(join(workspace, 'node_modules', '@eventmend'), { recursive: true });
    symlinkSync(join(workspace, 'packages', name), join(workspace, 'node_modules', '@eventmend', name));
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
});

test('the linter is told the same', () => {
  const forbids = (importer, specifier) => new RegExp(forbiddenSiblings(importer)[0].regex).test(specifier);
  assert.equal(forbids(replay, checkpoint), true);
  assert.equal(forbids(replay, `${core}/sqlite`), false);
  assert.equal(forbids(replay, `${replay}/archive`), false);
  assert.equal(forbids(core, `${replay}/archive`), true);
  assert.equal(forbids(core, '@eventmend/core-extra'), true);
});
