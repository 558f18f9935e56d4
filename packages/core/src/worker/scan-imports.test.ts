import { expect, test } from 'vitest';
import { scanImports } from './scan-imports.js';

test.each([
  [`import a from './a.js';`, ['./a.js']],
  [`import { a,\n  b } from "./a.js"`, ['./a.js']],
  [`import * as a from'./a.js'`, ['./a.js']],
  [`import './a.js'; import "./b.js"`, ['./a.js', './b.js']],
  [`export { a } from './a.js'; export * from './b.js';`, ['./a.js', './b.js']],
  [`import type { A } from './a.js';`, ['./a.js']],
  [`const a = await import( './a.js' ); require("b"); import(\`./c.js\`)`, ['./a.js', 'b', './c.js']],
  [`import(path); require(\`./\${name}\`)`, []],
  [`import data from './d.json' with { type: 'json' };`, ['./d.json']],
])('%s', (source, expected) => {
  expect(scanImports(source)).toEqual(expected);
});
