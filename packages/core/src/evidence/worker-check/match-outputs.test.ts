import { describe, expect, it } from 'vitest';
import { OutputValues } from '../compare/output-values.js';
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
type Sides = Parameters<typeof matchOutputs>;
const kinds = (expected: Sides[0], records: Sides[1], declared: ConstructorParameters<typeof OutputValues>[0] = {}) =>
  matchOutputs(expected, records, new OutputValues(declared)).map(({ kind }) => kind);

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

  it('a rounded number, the last bits of a fraction, an absent field and what is volatile are no difference', () => {
    const declared = {
      a: { kind: 'event', reveals: [{ fields: { sum: 'sum' }, within: { sum: 0.005 } }], volatile: ['sentAt'] },
    } as const;
    const own = [emitted('a', 'k', { sum: 1.234, part: 0.1 + 0.2, note: null, sentAt: 1 })];
    const theirs = recorded('a', 'k', { sum: 1.23, part: 0.3, sentAt: 2 });
    expect(kinds(own, [theirs], declared)).toEqual(['equal']);
    expect(kinds(own, [theirs])).toEqual(['differing']);
    const again = recorded('a', 'k', { sum: 1.23, part: 0.3, sentAt: 3 });
    expect(kinds(own, [theirs, again], declared)).toEqual(['equal', 'repeated']);
    expect(kinds(own, [recorded('a', 'k', { sum: 1.22, part: 0.3, sentAt: 2 })], declared)).toEqual(['differing']);
  });

  it('the order of fields is no difference', () => {
    const record = { output: 'a', key: 'k', value: '{"x":1,"y":2}', businessId: null };
    expect(kinds([emitted('a', 'k', { y: 2, x: 1 })], [record])).toEqual(['equal']);
  });
});
