// What a program loads that imports the root of a package, for dependency-cruiser: the graph without dynamic imports and
// types. An optional peer (a driver) must not be reached from a root, since it need not be installed.
import { workspacePackages } from '../workspace/paths.mjs';

const packages = workspacePackages('packages', process.cwd()).filter(({ manifest }) => manifest.exports?.['.']);

/** The source of a package's root, from the folder of the workspace. */
const rootOf = ({ folder, manifest }) =>
  manifest.exports['.'].types.replace(/^[.][/]dist[/](.*)[.]d[.]ts$/, `${folder}/src/$1.ts`);

export const roots = packages.map(rootOf);

function ruleOf(entry) {
  const peers = Object.entries(entry.manifest.peerDependenciesMeta ?? {});
  const drivers = peers.filter(([, { optional }]) => optional).map(([name]) => name);
  if (drivers.length === 0) return [];
  return {
    name: 'lazy-driver',
    comment: 'an optional peer is loaded on use, never by importing the root of a package',
    severity: 'error',
    from: { path: `^${rootOf(entry)}$` },
    to: { path: `(^|/)node_modules/(${drivers.join('|')})/`, reachable: true },
  };
}

export default {
  forbidden: packages.flatMap(ruleOf),
  options: {
    tsPreCompilationDeps: false,
    moduleSystems: ['es6'],
    doNotFollow: { path: ['node_modules', '/(dist|bundle)/'] },
    exclude: { dynamic: true },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
