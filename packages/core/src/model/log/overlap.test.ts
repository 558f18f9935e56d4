import { describe, expect, it } from 'vitest';
import { offsetsWithin, overlap } from './overlap.js';

describe('ranges of offsets', () => {
  it('have in common what lies in both, and nothing where they only touch', () => {
    expect(overlap({ from: 2, to: 7 }, { from: 5, to: 9 })).toEqual({ from: 5, to: 7 });
    expect(overlap({ from: 0, to: 9 }, { from: 3, to: 4 })).toEqual({ from: 3, to: 4 });
    expect(overlap({ from: 0, to: 5 }, { from: 5, to: 9 })).toBeNull();
    expect(overlap({ from: 6, to: 9 }, { from: 0, to: 3 })).toBeNull();
  });

  it('are counted as far as they lie within another', () => {
    const others = [
      { from: 0, to: 3 },
      { from: 4, to: 5 },
      { from: 8, to: 20 },
    ];
    expect(offsetsWithin({ from: 2, to: 10 }, others)).toBe(4);
    expect(offsetsWithin({ from: 5, to: 8 }, others)).toBe(0);
  });
});
