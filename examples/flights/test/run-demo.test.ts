import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../packages/cli/test/temporary-folder.js';

const script = join(import.meta.dirname, '..', 'dist', 'run-demo.js');
let folder: string;
beforeAll(() => temporaryFolder((path) => (folder = path)));

function runDemo() {
  const args = [script, '--rows', '20000', '--data', folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('the incident goes all the way, a second start reuses it, and a wrong state would be seen', () => {
  const first = runDemo();
  expect(first.stderr).not.toContain('error');
  expect(first.status).toBe(0);
  expect(first.stdout).toContain('baseline    snapshot s-03');
  expect(first.stdout).toContain('== verify: the same again by other means');
  expect(first.stdout).toMatch(/verdict {6}complete; keys: 223 exact/);
  expect(first.stdout).toContain("223 of 223 keys equal the oracle's to the last bit");
  expect(first.stdout).toContain("outputs equal the oracle's, in order, from flight 10,000 on");
  // The oracle shows that the result is right, these that the digests of one are what they have always been.
  expect(first.stdout).toContain('second, plain replay: 223 keys, digest f6341e919da8');
  expect(first.stdout).toContain('10,171 intended outputs, in order, digest cb3e4bd1ae3f');
  console.log(
    first.stdout
      .split('\n')
      .filter((line) => /^ {2}(diagnosis|corrections) {2}/.test(line))
      .join('\n'),
  );
  expect(first.stdout).toContain('400 of 400 found, 0 cannot be told, 0 false alarms (precision 1.000, recall 1.000)');
  expect(first.stdout).toContain('100 of 100 missed movements owed, 100 of 100 repeated ones withdrawn, 0 beside');
  expect(first.stdout).not.toContain('reused');

  const second = runDemo();
  expect(second.status).toBe(0);
  for (const step of ['diagnose', 'recover', 'verify', 'corrections', 'export'])
    expect(second.stdout).toContain(`== ${step}: reused`);

  // The comparison itself must be able to fail.
  const truth = join(folder, 'truth', 'state.ndjson');
  writeFileSync(truth, readFileSync(truth, 'utf8').replace('"departures":', '"departures":1'));
  const third = runDemo();
  expect(third.status).toBe(11);
  expect(third.stdout).toContain('222 of 223 keys');
});
