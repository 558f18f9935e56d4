// Who may import whom, for dependency-cruiser: npx depcruise --config .ci/boundaries/dependency-cruiser.mjs packages examples .ci/test-services
// What a rule says of packages is derived from the layers and from each package.json; nothing here names a source file.
import { wholeWorkspace } from '../workspace/paths.mjs';
import { mayImport, wings } from './layers.mjs';

const entries = wholeWorkspace(process.cwd());
const test = '[.](test|bench)[.](ts|mjs)$';
const testOrBench = `(^[^/]+/[^/]+/(test|bench)/|${test})`;
/** The servers that tests start: a package of the workspace, and no tool of benches. */
const testServices = '^[.]ci/test-services/';

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const anyOf = (folders) => `^(${folders.join('|')})/`;

/** The folders of ours that a package may not import, and those that it may, but has not declared. */
function rulesOfPackage({ folder, manifest }) {
  const { dependencies, peerDependencies, devDependencies } = manifest;
  const declared = { ...dependencies, ...peerDependencies, ...devDependencies };
  const others = entries.filter((entry) => entry.folder !== folder);
  const forbidden = others.filter((entry) => !mayImport(manifest.name, entry.manifest.name));
  const undeclared = others.filter((entry) => !forbidden.includes(entry) && !(entry.manifest.name in declared));
  const from = { path: `^${folder}/` };
  const rule = (name, comment, list) =>
    list.length === 0 ? [] : [error(name, comment, from, { path: anyOf(list.map((entry) => entry.folder)) })];
  return [
    ...rule(
      'layers',
      'cli imports the strategies, a strategy imports core alone, core imports none of ours',
      forbidden,
    ),
    ...rule('declared-package', 'a package of ours that is imported stands in package.json', undeclared),
  ];
}

/** A wing sees itself and those before it: no entry file, no other folder. */
function rulesOfWings({ folder, names }) {
  return names.map((name, index) =>
    error(
      'wings',
      `${name} may import ${names.slice(0, index).join(', ') || 'nothing else'} of core, and no entry`,
      { path: `^${folder}/${name}/`, pathNot: test },
      { path: `^${folder}/`, pathNot: anyOf(names.slice(0, index + 1).map((wing) => `${folder}/${wing}`)) },
    ),
  );
}

export default {
  forbidden: [
    error(
      'no-circle',
      'files import each other in a circle; types count',
      {},
      {
        circular: true,
      },
    ),
    ...entries.flatMap(rulesOfPackage),
    ...rulesOfWings(wings),
    error(
      'own-package',
      'a relative import stays in its package, but for the tools of benches and the configuration of vitest',
      { path: '^((packages|examples|[.]ci)/[^/]+)/', pathNot: '/test/' },
      {
        path: '^(packages|examples|[.]ci)/',
        pathNot: ['^$1/', '^[.]ci/(bench/|test/vitest-config[.]mjs$)'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    ),
    error(
      'own-package',
      'a test may also import what the tests of a package below share',
      { path: '^((packages|examples|[.]ci)/[^/]+)/test/' },
      {
        path: '^(packages|examples|[.]ci)/',
        pathNot: ['^$1/', '^packages/[^/]+/test/'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    ),
    error(
      'bench-tools',
      'only a bench, or the configuration of vitest, uses what stands in .ci',
      { path: '^(packages|examples)/', pathNot: '^[^/]+/[^/]+/(bench/|vitest[.]config[.]ts$)' },
      { path: '^[.]ci/', pathNot: testServices },
    ),
    error(
      'test-services',
      'the servers for tests are for tests and benches',
      { path: '^(packages|examples)/', pathNot: testOrBench },
      { path: testServices },
    ),
    error(
      'source-of-oneself',
      'what is published imports its own files by their paths, not its build by the name of the package',
      { path: '^(packages/[^/]+)/src/', pathNot: test },
      { path: '^$1/(dist|bundle)/' },
    ),
    error(
      'resolves',
      'not installed, not built, or not among the exports of its package',
      {},
      {
        couldNotResolve: true,
      },
    ),
    error(
      'declared',
      'a package that is imported stands in package.json',
      { path: `^(packages|examples)/|${testServices}` },
      {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
      },
    ),
    error(
      'published',
      'what is published imports no tool of development, types included',
      { path: '^packages/[^/]+/src/', pathNot: test },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'] },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    moduleSystems: ['es6'],
    // Packages of ours resolve through their exports to the build; the build itself is not looked into.
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: '/(out-tsc|bundle|coverage|test-output|data)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
