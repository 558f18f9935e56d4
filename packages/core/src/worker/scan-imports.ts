/**
 * The specifiers that a module names in `import`, `export … from`, `import()` and `require()`, found by looking through the
 * text. What stands in comments or strings may be found as well: that makes a hash depend on a little more than it must,
 * never on less. Computed specifiers are not seen.
 */
export function scanImports(source: string): readonly string[] {
  const found = new Set<string>();
  for (const pattern of [fromClause, sideEffect, call]) {
    for (const match of source.matchAll(pattern)) {
      const specifier = match[2];
      if (specifier !== undefined) found.add(specifier);
    }
  }
  return [...found];
}

/** `… from 'x'`, of imports and exports, over any number of lines. */
const fromClause = /\bfrom\s*(['"])([^'"\n]+)\1/g;
/** `import 'x'`. */
const sideEffect = /\bimport\s*(['"])([^'"\n]+)\1/g;
/** `import('x')`, `require('x')`. */
const call = /\b(?:import|require)\s*\(\s*(['"`])([^'"`\n$]+)\1/g;
