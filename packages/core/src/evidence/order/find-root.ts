/**
 * The root of a node of a union-find; halves the way for whoever comes next.
 * @param parents of each node the one that it was joined to, or itself
 */
export function findRoot(parents: number[], node: number): number {
  let at = node;
  for (;;) {
    const parent = parents[at] as number;
    if (parent === at) return at;
    at = parents[at] = parents[parent] as number;
  }
}
