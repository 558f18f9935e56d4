import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.js';

// Runs the package as it is published: build it first (`npx tsc -b tsconfig.json`).
const core = fileURLToPath(new URL('../../..', import.meta.url));
const useDrivers = fileURLToPath(new URL('../../../test/drivers/use-drivers.mjs', import.meta.url));
const manifest = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

interface Outcome {
  readonly code: string;
  readonly message?: string;
  readonly hint?: string;
}

interface Outcomes {
  readonly imported: Readonly<Record<string, string>>;
  readonly used: Readonly<Record<string, Outcome>>;
}

describe('core where no driver is installed', () => {
  const folder = scratchFolder();
  let outcomes: Outcomes;

  beforeAll(async () => {
    const modules = join(folder.path, 'node_modules');
    const installed = join(modules, '@eventmend', 'core');
    mkdirSync(installed, { recursive: true });
    cpSync(join(core, 'package.json'), join(installed, 'package.json'));
    cpSync(join(core, 'bundle'), join(installed, 'bundle'), { recursive: true });
    for (const name of Object.keys(manifest.dependencies)) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(folderOf(name), join(modules, name), 'junction');
    }
    const script = join(folder.path, 'use-drivers.mjs');
    cpSync(useDrivers, script);
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder.file('file')]);
    outcomes = JSON.parse(stdout) as Outcomes;
  });
  afterAll(() => folder.remove());

  it('imports every entry', () => {
    const entries = Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'));
    expect(entries).toContain('./kafka');
    expect(outcomes.imported).toEqual(Object.fromEntries(entries.map((entry) => [entry, 'imported'])));
  });

  it.each([
    ['archive', 'better-sqlite3'],
    ['runStore', 'better-sqlite3'],
    ['lock', 'better-sqlite3'],
    ['exported', 'better-sqlite3'],
    ['rowsOfSqlite', 'better-sqlite3'],
    ['rowsOfParquet', 'hyparquet'],
    ['rowsOfPostgres', 'pg'],
    ['kafka', 'kafkajs'],
    ['avro', 'avsc'],
    ['protobuf', 'protobufjs'],
  ])('names the package to install: %s needs %s', (use, name) => {
    const { code, message, hint } = outcomes.used[use] as Outcome;
    expect(code).toBe('missing-package');
    expect(message).toContain(`needs the package ${name}, which is not installed`);
    expect(hint).toBe(`npm install ${name}@${manifest.peerDependencies[name]}`);
  });

  it('needs none for a value in JSON', () => {
    expect(outcomes.used['json']).toEqual({ code: 'none' });
  });
});

/** The folder of an installed package, also of one that does not export its package.json. */
function folderOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = folders.map((each) => join(each, name)).find((each) => existsSync(each));
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}
