import { isOurs, mayImport } from './layers.mjs';

/**
 * The second opinion: the edges that Nx sees. Each must be allowed by the layers and declared in a package.json, since
 * Nx makes an undeclared edge part of its graph without a word.
 *
 * @param {{ dependencies: Record<string, { source: string, target: string }[]> }} graph as of `nx graph --file`
 * @param {Map<string, object>} manifests by package name
 */
export function checkGraph(graph, manifests) {
  const edges = Object.values(graph.dependencies)
    .flat()
    .filter(({ source, target }) => isOurs(source) && isOurs(target) && source !== target);
  return edges.flatMap(({ source, target }) => {
    const { dependencies, peerDependencies, devDependencies } = manifests.get(source) ?? {};
    const declared = { ...dependencies, ...peerDependencies, ...devDependencies };
    return [
      ...(mayImport(source, target) ? [] : [`nx graph: ${source} may not depend on ${target}`]),
      ...(target in declared ? [] : [`nx graph: ${source} depends on ${target} without declaring it`]),
    ];
  });
}
