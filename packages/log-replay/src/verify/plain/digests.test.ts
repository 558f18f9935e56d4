import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createOutputChain, digestLanes, outputLines } from './digest-outputs.js';
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
    const start = sha256('eventmend outputs 1');
    const chainOf = (count: number): string => {
      const chain = createOutputChain();
      for (let index = 0; index < count; index++) chain.add(`[${index}]`);
      expect(chain.count).toBe(count);
      return chain.close();
    };
    const chunk = '[' + Array.from({ length: 512 }, (_, index) => `[${index}]`).join(',\n') + ']';
    const afterChunk = sha256(start + sha256(chunk));
    expect(chainOf(0)).toBe(start);
    expect(chainOf(512)).toBe(afterChunk);
    expect(chainOf(513)).toBe(sha256(afterChunk + sha256('[[512]]')));
  });

  it('is the chain itself for one lane and a hash over the chains for several', () => {
    expect(digestLanes(['a'])).toBe('a');
    expect(digestLanes(['a', 'b'])).toBe(sha256('a\nb'));
  });

  it('numbers the outputs of an event by name and key, and leaves the value as the worker gave it', () => {
    const id = { source: 's', topic: 't', incarnation: '', partition: 3 };
    const emitted = (output: string, key: string, text: string) => ({ output, key, businessId: null, text });
    const lines = outputLines(id, 7, -Infinity, [
      emitted('o', 'k', '{"a": 1}'),
      emitted('o', 'l', '2'),
      emitted('o', 'k', '3'),
    ]);
    expect(lines).toEqual([
      '["t",3,7,null,"o","k",0,null,{"a": 1}]',
      '["t",3,7,null,"o","l",0,null,2]',
      '["t",3,7,null,"o","k",1,null,3]',
    ]);
  });
});
