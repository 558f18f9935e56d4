import assert from 'node:assert/strict';
import { test } from 'node:test';
import { updateRecord } from './write-full-result.mjs';

const at = (commit) => ({ date: '2026-01-01 00:00 UTC', commit, node: '20.0.0' });

test('a step that was not run keeps its last result, with the commit that it was run on', () => {
  const first = updateRecord(
    undefined,
    [{ name: 'tests', ok: true, ms: 1, passed: 7, failed: 0, skipped: 0 }],
    at('a'),
  );
  const { steps } = updateRecord(first, [{ name: 'lint', ok: false, ms: 2, note: 'it objects' }], at('b'));
  assert.deepEqual([steps.tests.passed, steps.tests.commit], [7, 'a']);
  assert.deepEqual([steps.lint.failed, steps.lint.commit, steps.lint.ok], [1, 'b', false]);
});

test('a step that is run again has its new result alone', () => {
  const first = updateRecord(
    undefined,
    [{ name: 'tests', ok: false, ms: 1, passed: 6, failed: 1, skipped: 0 }],
    at('a'),
  );
  const { steps } = updateRecord(
    first,
    [{ name: 'tests', ok: true, ms: 1, passed: 7, failed: 0, skipped: 0 }],
    at('b'),
  );
  assert.deepEqual([steps.tests.passed, steps.tests.failed, steps.tests.commit], [7, 0, 'b']);
});
