import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { workerSchema } from './worker-schema.js';
import { workerMeaning, workerOf } from './worker-of.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-worker-of-'));
writeFileSync(join(folder, 'worker.py'), '');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a path is a module', () => {
  const worker = workerOf(workerSchema.parse('./worker.ts'), '/in');
  expect(worker).toEqual({ kind: 'module', url: 'file:///in/worker.ts' });
});

test('a process is started beside the incident file; the arguments that are files are its code', () => {
  const document = workerSchema.parse({ process: ['python3', 'worker.py', '--strict'] });
  expect(workerOf(document, folder)).toEqual({
    kind: 'process',
    command: ['python3', 'worker.py', '--strict'],
    cwd: folder,
    files: [join(folder, 'worker.py')],
  });
});

test('a program with a slash is relative to the incident file, and files may be named', () => {
  const document = workerSchema.parse({ process: ['./bin/worker'], files: ['src', './lib/'] });
  expect(workerOf(document, '/in')).toMatchObject({ command: ['/in/bin/worker'], files: ['/in/src', '/in/lib'] });
  expect(workerMeaning(document)).toEqual({ process: ['./bin/worker'], files: ['src', 'lib/'] });
});

test.each([[{ process: [] }], [{ process: ['a'], more: 1 }], [5]])('%j is refused', (given) => {
  expect(workerSchema.safeParse(given).success).toBe(false);
});
