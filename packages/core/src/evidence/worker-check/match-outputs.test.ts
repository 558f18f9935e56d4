import { describe, expect, it } from 'vitest';
import { matchOutputs } from './match-outputs.js';

const emitted = (output: string, key: string, value: unknown, businessId: string | null = null) => ({
  output,
  key,
  value,
  businessId,
});
const recorded = (output: string, key: string | null, value: unknown, businessId: string | null = null) => ({
  output,
  key,
  value: JSON.stringify(value),
  businessId,
});
const kinds = (...input: Parameters<typeof matchOutputs>) => matchOutputs(...input).map(({ kind }) => kind);

describe('outputs of an event against what was recorded of it', () => {
  it('fit by name, key and their order among those', () => {
    const worker = [emitted('a', 'k', 1), emitted('a', 'k', 2), emitted('a', 'l', 3), emitted('b', 'k', 4)];
    const service = [recorded('b', 'k', 4), recorded('a', 'l', 3), recorded('a', 'k', 1), recorded('a', 'k', 2)];
    expect(kinds(worker, service)).toEqual(['equal', 'equal', 'equal', 'equal']);
    expect(kinds(worker, service.toReversed())).toEqual(['differing', 'differing', 'equal', 'equal']);
  });

  it('fit by business id where both have one, whatever their order', () => {
    const worker = [emitted('a', 'k', 1, 'x'), emitted('a', 'k', 2, 'y')];
    expect(kinds(worker, [recorded('a', 'k', 2, 'y'), recorded('a', 'k', 1, 'x')])).toEqual(['equal', 'equal']);
    expect(kinds(worker, [recorded('a', 'k', 1, 'z'), recorded('a', 'k', 1, 'x')])).toEqual([
      'equal',
      'missing',
      'extra',
    ]);
  });

  it('a record without a key fits any key of its name', () => {
    expect(kinds([emitted('a', 'k', 1)], [recorded('a', null, 1)])).toEqual(['equal']);
  });

  it('what only one side has is missing or extra; the same once more is repeated, and no disagreement', () => {
    expect(kinds([emitted('a', 'k', 1)], [])).toEqual(['missing']);
    expect(kinds([], [recorded('a', 'k', 1)])).toEqual(['extra']);
    expect(kinds([emitted('a', 'k', 1)], [recorded('a', 'k', 1), recorded('a', 'k', 1)])).toEqual([
      'equal',
      'repeated',
    ]);
    expect(kinds([emitted('a', 'k', 1)], [recorded('a', 'k', 1), recorded('a', 'k', 2)])).toEqual(['equal', 'extra']);
  });

  it('the order of fields is no difference', () => {
    const record = { output: 'a', key: 'k', value: '{"x":1,"y":2}', businessId: null };
    expect(kinds([emitted('a', 'k', { y: 2, x: 1 })], [record])).toEqual(['equal']);
  });
});
