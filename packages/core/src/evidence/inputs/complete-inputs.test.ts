import { expect, test, vi } from 'vitest';
import { defineWorker } from '../../worker/define-worker.js';
import type { Worker } from '../../worker/worker.js';
import { completeInputs } from './complete-inputs.js';

const definition = { name: 'balances', version: '1.0.0', key: () => 'all', evolve: () => 1 };

function versionOf(worker: Worker, complete = completeInputs): string {
  const source = complete({ worker, logs: [] }).worker;
  return source.kind === 'definition' ? source.hash : '';
}

test('a worker given in memory keeps its version as long as it is the same object', () => {
  const worker = defineWorker(definition);
  expect(versionOf(worker)).toMatch(/^[0-9a-f]{64}$/);
  expect(versionOf(worker)).toBe(versionOf(worker));
});

test('two workers of the same text have two versions, since what they close over is not seen', () => {
  const takes = (fee: number): Worker => defineWorker({ ...definition, evolve: () => fee });
  expect(versionOf(takes(1))).not.toBe(versionOf(takes(2)));
});

test('no later process takes a version over: what an earlier one has proven proves nothing here', async () => {
  const worker = defineWorker(definition);
  const before = versionOf(worker);
  vi.resetModules();
  const later = await import('./complete-inputs.js');
  expect(versionOf(worker, later.completeInputs)).not.toBe(before);
});

test('a worker source names its version itself', () => {
  const worker = defineWorker(definition);
  const hash = 'a'.repeat(64);
  expect(completeInputs({ worker: { kind: 'definition', worker, hash }, logs: [] }).worker).toMatchObject({ hash });
});
