import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compiledCodeFolder } from './compiled-code-folder.js';

let home: string;
const userId = process.getuid?.() ?? null;
const at = (env: Record<string, string> = {}, user = userId) =>
  compiledCodeFolder({ env, platform: 'linux', home, userId: user });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'eventmend-home-'));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

test('it is made below the caches of the user, closed to others', () => {
  const folder = at();
  expect(folder).toBe(join(home, '.cache', 'eventmend', 'compiled'));
  expect(statSync(folder ?? '').mode & 0o777).toBe(0o700);
  const named = join(home, 'elsewhere');
  mkdirSync(named);
  expect(at({ XDG_CACHE_HOME: named })).toBe(join(named, 'eventmend', 'compiled'));
});

test.skipIf(userId === null)('there is none where others may write, or in the folder of another user', () => {
  const folder = at() ?? '';
  chmodSync(folder, 0o777);
  expect(at()).toBeNull();
  chmodSync(folder, 0o700);
  chmodSync(join(home, '.cache'), 0o777);
  expect(at()).toBeNull();
  chmodSync(join(home, '.cache'), 0o755);
  expect(at()).toBe(folder);
  expect(at({}, (userId ?? 0) + 1)).toBeNull();
});

test('there is none without a home', () => {
  expect(compiledCodeFolder({ env: {}, platform: 'linux', home: '', userId })).toBeNull();
  expect(at({ XDG_CACHE_HOME: join(home, 'missing') })).toBeNull();
});
