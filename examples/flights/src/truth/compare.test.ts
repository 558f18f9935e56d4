import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '@eventmend/core/testing';
import { beforeAll, expect, test } from 'vitest';
import { compareOutputs, exportedOutputs } from './compare-outputs.js';
import { compareStates } from './compare-states.js';
import { goldenOutputs } from './golden-outputs.js';

let folder: string;
beforeAll(() => {
  const { path, remove } = scratchFolder();
  folder = path;
  return remove;
});

const write = (name: string, ...rows: readonly unknown[]) => {
  const path = join(folder, name);
  writeFileSync(path, rows.map((row) => JSON.stringify(row) + '\n').join(''));
  return path;
};

test('states are equal to the last bit or not at all, and each side may have more', () => {
  const truth = write(
    'truth.ndjson',
    { key: 'A', state: { x: 0.1, y: 1 } },
    { key: 'B', state: { x: 0.3 } },
    { key: 'C', state: {} },
  );
  const exported = write(
    'state.ndjson',
    { key: 'A', state: { y: 1, x: 0.1 }, fidelity: 'exact' },
    { key: 'B', state: { x: 0.1 + 0.2 } },
    { key: 'D', state: {} },
  );
  expect(compareStates(exported, truth)).toEqual({ keys: 4, equal: 1, differing: ['B', 'C', 'D'] });
});

test('outputs are right from a start that has a digest, whole and in order', async () => {
  const golden = goldenOutputs([2]);
  const all = ['a', 'b', 'c', 'd'].map((key) => ({ output: 'movement', key, value: { from: 1.5, to: [key] } }));
  for (const [row, { key, value }] of all.entries()) {
    golden.passRow(row);
    golden.tell('movement', key, JSON.stringify(value));
  }
  const truth = join(folder, 'outputs.json');
  writeFileSync(truth, JSON.stringify({ digests: golden.digests() }));
  expect(await compareOutputs(all, truth)).toEqual({ outputs: 4, rightFromRow: 0 });
  const [a, b, c, d] = all;
  expect(await compareOutputs(exportedOutputs(write('1.ndjson', a, b, c, d)), truth)).toEqual({
    outputs: 4,
    rightFromRow: 0,
  });
  expect(await compareOutputs(exportedOutputs(write('2.ndjson', c, d)), truth)).toEqual({
    outputs: 2,
    rightFromRow: 2,
  });
  expect(await compareOutputs(exportedOutputs(write('3.ndjson', a, c, b, d)), truth)).toEqual({
    outputs: 4,
    rightFromRow: null,
  });
  expect(await compareOutputs(exportedOutputs(write('4.ndjson', b, c, d)), truth)).toEqual({
    outputs: 3,
    rightFromRow: null,
  });
});
