import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../packages/cli/test/temporary-folder.js';

const script = join(import.meta.dirname, '..', 'dist', 'tell-story.js');
let folder: string;
beforeAll(() => temporaryFolder((path) => (folder = path)));

test('one incident is told under all losses, with every number from the runs, in 80 lines', () => {
  const args = [script, '--flights', '40000', '--data', folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  console.log(stdout);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/held against what was planted: (\d+) of \1 found, 0 false alarms/);
  expect(stdout).toContain('checks passed; verdict: complete');
  // Whole: all airports right, and exact. Half: right by the rows of another system. Nothing wrong is called exact.
  expect(stdout).toMatch(/^ {2}log-replay +20 +0 +0 +0 +0$/m);
  expect(stdout).toMatch(/^ {2}checkpoint +20 +0 +0 +0 +0$/m);
  expect(stdout).toMatch(/^ {2}estimation +\d+ +\d+ +0 /m);
  expect(stdout).toMatch(/airport by airport the truth lies in \d+ of \d+ intervals of 90 %/);
  expect(existsSync(join(folder, 'report.html'))).toBe(true);
  const lines = stdout.split('\n');
  expect(lines.length).toBeLessThanOrEqual(80);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});
