import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createOutputChain, digestedOutputs, digestLanes, type DigestedOutput } from './digest-outputs.js';
import { digestStates } from './digest-states.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the digest of states', () => {
  it('is zero for no states, the hash itself for one, and knows no order of keys or fields', () => {
    expect(digestStates([])).toBe('0'.repeat(64));
    expect(digestStates([['k', { b: 1, a: [2] }]])).toBe(sha256('"k"\n{"a":[2],"b":1}'));
    const one = digestStates([
      ['x', 1],
      ['y', { a: 1, b: 2 }],
    ]);
    const other = digestStates([
      ['y', { b: 2, a: 1 }],
      ['x', 1],
    ]);
    expect(one).toBe(other);
  });
});

describe('the digest of outputs', () => {
  it('begins anew after 512 outputs and knows no empty chunk', () => {
    const start = sha256('eventmend outputs 2');
    const output = (offset: number): DigestedOutput => ({
      partition: '["t",3]',
      offset,
      time: offset === 0 ? null : 5,
      name: 'o',
      key: 'k',
      ordinal: offset === 1 ? 2 : 0,
      businessId: offset === 1 ? 'b' : null,
      value: { n: offset },
    });
    const chainOf = (count: number): string => {
      const chain = createOutputChain();
      for (let index = 0; index < count; index++) chain.add(output(index));
      expect(chain.count).toBe(count);
      return chain.close();
    };
    const afterTwo = sha256(
      start +
        sha256(
          '[[["t",3]],["o"],[0,0],[0,0],{"first":0,"steps":[1]},[null,5],["k","k"],[[1,2]],[[1,"b"]],[{"n":0},{"n":1}]]',
        ),
    );
    const last = sha256(
      '[[["t",3]],["o"],[0],[0],{"first":512,"steps":[]},{"first":5,"steps":[]},["k"],[],[],[{"n":512}]]',
    );
    expect(chainOf(0)).toBe(start);
    expect(chainOf(2)).toBe(afterTwo);
    expect(chainOf(513)).toBe(sha256(chainOf(512) + last));
  });

  it('is the chain itself for one lane and a hash over the chains for several', () => {
    expect(digestLanes(['a'])).toBe('a');
    expect(digestLanes(['a', 'b'])).toBe(sha256('a\nb'));
  });

  it('numbers the outputs of an event by name and key, and leaves the value as the worker gave it', () => {
    const id = { source: 's', topic: 't', incarnation: '', partition: 3 };
    const emitted = (output: string, key: string, value: unknown) => ({ output, key, businessId: null, value });
    const digested = digestedOutputs(id, 7, -Infinity, [
      emitted('o', 'k', { a: 1 }),
      emitted('o', 'l', 2),
      emitted('o', 'k', 3),
    ]);
    expect(digested.map(({ ordinal }) => ordinal)).toEqual([0, 0, 1]);
    expect(digested.map(({ time }) => time)).toEqual([null, null, null]);
    expect(digested[0]).toMatchObject({ partition: '["t",3]', offset: 7, name: 'o', key: 'k', value: { a: 1 } });
  });
});
