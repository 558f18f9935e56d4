import { describe, expect, it } from 'vitest';
import { spansThatRan, subtractSpans, uniteSpans } from './spans.js';

describe('spans', () => {
  it('unites and subtracts', () => {
    expect(
      uniteSpans(
        [
          [0, 5],
          [10, 12],
        ],
        [[4, 8]],
      ),
    ).toEqual([
      [0, 8],
      [10, 12],
    ]);
    expect(
      subtractSpans(
        [
          [0, 10],
          [20, 30],
        ],
        [
          [2, 3],
          [8, 22],
        ],
      ),
    ).toEqual([
      [0, 2],
      [3, 8],
      [22, 30],
    ]);
    expect(subtractSpans([[5, 6]], [])).toEqual([[5, 6]]);
  });

  it('lets the innermost range decide', () => {
    const range = (startOffset: number, endOffset: number, count: number) => ({ startOffset, endOffset, count });
    expect(spansThatRan([range(0, 100, 3), range(20, 40, 0), range(25, 30, 2), range(90, 100, 0)])).toEqual([
      [0, 20],
      [25, 30],
      [40, 90],
    ]);
    expect(spansThatRan([range(0, 10, 0)])).toEqual([]);
  });
});
