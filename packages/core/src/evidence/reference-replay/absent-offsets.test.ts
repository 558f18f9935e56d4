import { describe, expect, it } from 'vitest';
import { createAbsentCounter } from './absent-offsets.js';

const none = { control: 0, aborted: 0, filtered: 0, declared: 0, unavailable: 0, damaged: [] };

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
    expect(counter.counts()).toEqual({ ...none, control: 1 + 5, filtered: 1, unavailable: 6 + 10 });
  });

  it('names damaged offsets one by one, apart from the unavailable ones', () => {
    const counter = createAbsentCounter([{ from: 2, to: 5, reason: 'damaged' }]);
    counter.addHole({ from: 7, to: 9, reason: 'declared' });
    counter.count(1, 4);
    counter.count(6, 10);
    expect(counter.counts()).toEqual({ ...none, declared: 2, unavailable: 1 + 2, damaged: [2, 3] });
  });

  it('passes over holes that lie before the range', () => {
    const holes = [0, 2, 4, 6].map((from) => ({ from, to: from + 1, reason: 'control' as const }));
    const counter = createAbsentCounter(holes);
    counter.count(5, 8);
    expect(counter.counts()).toEqual({ ...none, control: 1, unavailable: 2 });
  });

  it('counts a hole that several ranges share by parts', () => {
    const counter = createAbsentCounter([{ from: 0, to: 10, reason: 'filtered' }]);
    counter.count(0, 3);
    counter.count(4, 12);
    expect(counter.counts()).toEqual({ ...none, filtered: 3 + 6, unavailable: 2 });
  });
});
