/**
 * The specifiers that a module names in `import`, `export … from`, `import()` and `require()`, found by looking through the
 * text. What stands in comments or strings may be found as well: that makes a hash depend on a little more than it must.
 * Computed specifiers, and those written with escapes, are not seen.
 */
export function scanImports(source: string): readonly string[] {
  const found = new Set<string>();
  for (const pattern of [fromClause, sideEffect, call]) {
    for (const match of source.matchAll(pattern)) {
      const specifier = match[2] ?? match[3];
      if (specifier !== undefined) found.add(specifier);
    }
  }
  return [...found];
}

/** Notes for bundlers stand between the word and the name; their length is bounded, so that no text takes long. */
const gap = String.raw`(?:\s|\/\*(?:[^*]|\*(?!\/)){0,300}\*\/|\/\/[^\n]{0,300}\n)*`;
const quoted = String.raw`(['"])((?:(?!\1)[^\n\\])+)\1`;
const template = '`((?:(?!\\$\\{)[^`\\n\\\\])+)`';

/** `… from 'x'`, of imports and exports, over any number of lines. */
const fromClause = new RegExp(String.raw`\bfrom${gap}${quoted}`, 'g');
/** `import 'x'`. */
const sideEffect = new RegExp(String.raw`\bimport${gap}${quoted}`, 'g');
/** `import('x')`, `require('x')`. */
const call = new RegExp(String.raw`\b(?:import|require)${gap}\(${gap}(?:${quoted}|${template})`, 'g');
