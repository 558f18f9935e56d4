import assert from 'node:assert/strict';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './paths.mjs';

/** Both TypeScripts bring a command of that name; npm links that of the package whose name comes first. */
test('what is called tsc is the native compiler', () => {
  const native = join(root, 'node_modules', 'native-typescript');
  assert.equal(JSON.parse(readFileSync(join(native, 'package.json'), 'utf8')).name, 'typescript');
  assert.equal(realpathSync(join(root, 'node_modules', '.bin', 'tsc')), join(native, 'bin', 'tsc'));
});
