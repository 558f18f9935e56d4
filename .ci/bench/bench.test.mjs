import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interleaved, spread } from './interleaved.mjs';
import { completeResult, passesBar } from './judge-result.mjs';
import { updateRecord } from './record-results.mjs';

test('a spread is smallest, median, largest', () => {
  assert.deepEqual(spread([5, 1, 9]), [1, 5, 9]);
  assert.deepEqual(spread([4, 1, 9, 2]), [1, 3, 9]);
});

test('ratios are taken within a pair, and warm-ups do not count', async () => {
  const calls = [];
  let load = 1000;
  const result = await interleaved({
    subject: () => (calls.push('s'), 2 * load),
    reference: () => (calls.push('r'), load),
    between: () => (load = Math.ceil(calls.length / 2)),
  });
  assert.equal(calls.length, 12);
  assert.equal(calls.join(''), 'rssrrssrrssr');
  assert.ok(result.subjectMs[2] < 2000);
});

test('fewer than five pairs are refused', async () => {
  await assert.rejects(interleaved({ subject: () => 1, reference: () => 1, pairs: 4 }), /five/);
});

test('bars', () => {
  assert.equal(passesBar(0.8, '>= 0.8'), true);
  assert.equal(passesBar(0.79, '>= 0.8'), false);
  assert.equal(passesBar(151, '<= 150'), false);
  assert.equal(passesBar(1, 'none'), undefined);
});

test('a result that leaves something out is refused', () => {
  assert.throws(() => completeResult({ name: 'a', value: 1, unit: 'ratio', bar: '>= 1' }, 'x.bench.mjs'), /no runs/);
});

test('what is measured again takes the place of its last figure, and the others stay', () => {
  const result = (name, value) => ({
    name,
    value,
    unit: 'x',
    floor: null,
    peer: null,
    bar: '',
    runs: [value, value, value],
  });
  const first = updateRecord(undefined, [result('b', 1), result('a', 2)], {
    date: 'monday',
    commit: 'c1',
    machine: {},
  });
  assert.deepEqual(
    first.results.map(({ name }) => name),
    ['a', 'b'],
  );
  const second = updateRecord(first, [result('b', 3)], { date: 'tuesday', commit: 'c2', machine: {} });
  assert.deepEqual(
    second.results.map(({ name, value, date, commit }) => [name, value, date, commit]),
    [
      ['a', 2, 'monday', 'c1'],
      ['b', 3, 'tuesday', 'c2'],
    ],
  );
});
