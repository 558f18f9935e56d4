import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { entries, reportEntries } from './report-entries.mjs';

/** The report of a package with these declarations at its root and on a subpath. */
function reportOf(root, subpath = 'export {};') {
  const workspace = mkdtempSync(join(tmpdir(), 'eventmend-api-'));
  try {
    const folder = join(workspace, 'packages', 'it');
    mkdirSync(join(folder, 'dist'), { recursive: true });
    const exports = { '.': { types: './dist/index.d.ts' }, './more': { types: './dist/more.d.ts' }, './x.json': './x' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: '@eventmend/it', type: 'module', exports }));
    writeFileSync(join(folder, 'dist', 'index.d.ts'), root);
    writeFileSync(join(folder, 'dist', 'more.d.ts'), subpath);
    return reportEntries(entries(workspace));
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

test('every entry has a report, and every exported name counts', () => {
  const reports = reportOf('export declare const a: number;\nexport type B = 1;', "export { a } from './index.js';");
  assert.deepEqual(
    reports.map(({ name, file, count }) => [name, file, count]),
    [
      ['@eventmend/it', 'it.api.md', 2],
      ['@eventmend/it/more', 'it-more.api.md', 1],
    ],
  );
});

test('a signature that changes shows; comments, order and private members do not', () => {
  const text = (declarations) => reportOf(declarations)[0].text;
  const before = text('export declare class A {\n  private b;\n  c(x: number): void;\n}\nexport type D = 1;');
  const same = text(
    'export type D = 1;\n/** Words. */\nexport declare class A {\n  #private;\n  c(x: number): void;\n}',
  );
  assert.equal(before, same);
  assert.notEqual(before, text('export declare class A {\n  private b;\n  c(x: string): void;\n}\nexport type D = 1;'));
  assert.notEqual(before, text('export type D = 1;'));
});

test('the values of an inferred enum have one order, whichever the compiler wrote', () => {
  const text = (...values) => {
    const members = values.map((value) => `    ${value}: "${value}";\n`).join('');
    return reportOf(`export declare const a: ZodEnum<{\n${members}}>;`)[0].text;
  };
  assert.equal(text('time', 'field'), text('field', 'time'));
});
