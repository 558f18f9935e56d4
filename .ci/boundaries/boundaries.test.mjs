import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { checkGraph } from './check-graph.mjs';
import { checkImports } from './check-imports.mjs';
import { forbiddenSiblings, mayImport } from './layers.mjs';

const core = '@eventmend/core';
const replay = '@eventmend/log-replay';
const checkpoint = '@eventmend/checkpoint';

const manifest = (name, dependencies = {}, devDependencies = {}) =>
  JSON.stringify({ name, dependencies, devDependencies });

/** A workspace of three packages in which everything is as it should be. */
const healthy = {
  'package.json': manifest('workspace', {}, { vitest: '1' }),
  'packages/core/package.json': manifest(core, { jiti: '1' }),
  'packages/core/src/index.ts':
    "import { x } from './x.js';\nimport 'node:fs';\nexport const load = () => import('jiti');",
  'packages/core/src/x.ts': "// import 'not-really'\nexport const text = \"import 'nor-this'\";",
  'packages/core/src/x.test.ts': "import 'vitest';",
  'packages/log-replay/package.json': manifest(replay, { [core]: '1' }),
  'packages/log-replay/src/index.ts': `import type { A } from '${core}';\nexport { b } from '${core}/sqlite';`,
  'packages/log-replay/bench/a.bench.mjs': "import '../../../.ci/bench/interleaved.mjs';",
  'packages/checkpoint/package.json': manifest(checkpoint, { [core]: '1' }),
  'packages/checkpoint/src/index.ts': '',
  'examples/flights/package.json':
    '{ "name": "@eventmend/example-flights", "private": true, "devDependencies": { "parquet": "1" } }',
  'examples/flights/src/index.ts': "import 'parquet';",
};

let workspace;
before(() => (workspace = mkdtempSync(join(tmpdir(), 'eventmend-boundaries-'))));
after(() => rmSync(workspace, { recursive: true, force: true }));

function problemsWith(changes) {
  rmSync(workspace, { recursive: true, force: true });
  for (const [name, text] of Object.entries({ ...healthy, ...changes })) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  }
  return checkImports(workspace);
}

describe('imports', () => {
  test('a healthy workspace has no problems', () => assert.deepEqual(problemsWith({}), []));

  const broken = {
    'a strategy imports another': ['packages/log-replay/src/a.ts', `import '${checkpoint}';`, /may not import/],
    'a type of another strategy': [
      'packages/log-replay/src/a.ts',
      `import type { A } from '${checkpoint}';`,
      /may not/,
    ],
    'a test imports another strategy': ['packages/log-replay/src/a.test.ts', `import '${checkpoint}/x';`, /may not/],
    'core imports a strategy': ['packages/core/src/a.ts', `export * from '${replay}';`, /may not import/],
    'an undeclared package': ['packages/core/src/a.ts', "import 'zod';", /not declared/],
    'an undeclared package, later': ['packages/core/src/a.ts', "await import('zod/v4');", /not declared/],
    'a tool of development in what is published': ['packages/core/src/a.ts', "import 'vitest';", /not declared/],
    'a file of another package': ['packages/log-replay/src/a.ts', "import '../../core/src/x.js';", /outside/],
    'the bench tools outside of a bench': ['packages/core/src/a.ts', "import '../../../.ci/bench/x.mjs';", /outside/],
    'a built-in module without its prefix': ['packages/core/src/a.ts', "import 'fs';", /node:/],
  };
  for (const [name, [file, text, message]] of Object.entries(broken)) {
    test(name, () => {
      const problems = problemsWith({ [file]: text });
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0], message);
    });
  }

  test('a dependency that is declared and still forbidden', () => {
    const problems = problemsWith({
      'packages/checkpoint/package.json': manifest(checkpoint, { [core]: '1' }, { [replay]: '1' }),
    });
    assert.match(problems.join('\n'), /may not depend on @eventmend\/log-replay/);
  });
});

describe('the graph of Nx', () => {
  const graph = (source, target) => ({ dependencies: { [source]: [{ source, target }] } });
  const manifests = new Map([[replay, { dependencies: { [core]: '1' } }]]);

  test('a declared edge downwards', () => assert.deepEqual(checkGraph(graph(replay, core), manifests), []));
  test('an edge to a sibling', () =>
    assert.match(checkGraph(graph(replay, checkpoint), manifests)[0], /may not depend/));
  test('an undeclared edge', () => assert.match(checkGraph(graph(replay, core), new Map())[0], /without declaring/));
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
