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

test.each([
  [`import /* a */ a /* b */ from /* c */ './a.js'`, ['./a.js']],
  [`import(/* webpackChunkName: "rules" */ './a.js')`, ['./a.js']],
  [`import a from // the rules\n  './a.js'`, ['./a.js']],
  [`import "./it's.js"`, [`./it's.js`]],
  [`import('./$types.js'); import(\`./$a.js\`)`, ['./$types.js', './$a.js']],
  [`export*from"./a.js";import{b}from"./b.js"`, ['./a.js', './b.js']],
  [`import legacy = require('./a.cjs');`, ['./a.cjs']],
  [`Array.from(list); const from = 'x';`, []],
])('%s, too', (source, expected) => {
  expect(scanImports(source)).toEqual(expected);
});

test('a long text without imports takes no time', () => {
  const began = performance.now();
  scanImports('from /* * / '.repeat(5_000) + 'import( '.repeat(5_000) + `from ${' '.repeat(50_000)}x`);
  expect(performance.now() - began).toBeLessThan(10_000);
});
