import { describe, expect, it } from 'vitest';
import { createMemoryRecordedOutputs, type MemoryOutput } from './memory-recorded-outputs.js';
import { countSameIds } from './count-same-ids.js';

const counts = (outputs: readonly MemoryOutput[]) => countSameIds(createMemoryRecordedOutputs(outputs));

describe('outputs under one business id', () => {
  const sent = { output: 'o', key: 'k', businessId: 'x', value: { a: 1, b: 2 } };

  it('are a repeat with the same content, whatever the order of fields and the time', async () => {
    expect(await counts([sent, { ...sent, value: { b: 2, a: 1 }, time: 9 }])).toEqual({
      repeated: 1,
      contradicting: 0,
      first: null,
    });
  });

  it.each([
    ['value', { ...sent, value: { a: 2 } }],
    ['key', { ...sent, key: 'other' }],
    ['output', { ...sent, output: 'p' }],
  ])('contradict each other with another %s', async (_, other) => {
    expect(await counts([sent, { output: 'o' }, other, other])).toEqual({
      repeated: 0,
      contradicting: 2,
      first: { id: 'x', seq: 2, earlier: 0 },
    });
  });

  it('are not looked for among outputs without one', async () => {
    expect(await counts([{ output: 'o' }, { output: 'o' }])).toEqual({ repeated: 0, contradicting: 0, first: null });
  });
});
