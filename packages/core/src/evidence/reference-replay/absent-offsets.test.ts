import { describe, expect, it } from 'vitest';
import { createAbsentCounter } from './absent-offsets.js';

describe('the counter of absent offsets', () => {
  it('excuses offsets inside harmless holes only', () => {
    const counter = createAbsentCounter([
      { from: 0, to: 2, reason: 'control' },
      { from: 3, to: 4, reason: 'filtered' },
      { from: 5, to: 7, reason: 'compacted' },
      { from: 20, to: 30, reason: 'control' },
    ]);
    counter.count(1, 9);
    counter.count(9, 9);
    counter.count(25, 40);
    expect(counter.counts()).toEqual({ control: 1 + 5, aborted: 0, filtered: 1, unavailable: 6 + 10 });
  });

  it('passes over holes that lie before the range', () => {
    const holes = [0, 2, 4, 6].map((from) => ({ from, to: from + 1, reason: 'control' as const }));
    const counter = createAbsentCounter(holes);
    counter.count(5, 8);
    expect(counter.counts()).toEqual({ control: 1, aborted: 0, filtered: 0, unavailable: 2 });
  });

  it('counts a hole that several ranges share by parts', () => {
    const counter = createAbsentCounter([{ from: 0, to: 10, reason: 'filtered' }]);
    counter.count(0, 3);
    counter.count(4, 12);
    expect(counter.counts()).toEqual({ control: 0, aborted: 0, filtered: 3 + 6, unavailable: 2 });
  });
});
