import { expect, it } from 'vitest';
import { isSampleEnough, judgeSample } from './judge-sample.js';

const marks = [
  { ms: 400, events: 1000 },
  { ms: 600, events: 2000 },
  { ms: 700, events: 5000 },
  { ms: 1000, events: 6500 },
  { ms: 1400, events: 9000 },
];

it('takes the rate from the first commit to the last one, and the spread of its parts', () => {
  expect(judgeSample(marks, null)).toEqual({
    ...{ events: 8000, ms: 1000, startMs: 400 },
    // 400 to 700, 700 to 1000, 1000 to 1400
    ...{ fastest: 4000 / 0.3, slowest: 5000 },
  });
});

it('says nothing of what was committed once or never', () => {
  expect(judgeSample([], null)).toBeNull();
  expect(judgeSample(marks.slice(0, 1), null)).toBeNull();
});

it('has no spread of two commits', () => {
  expect(judgeSample(marks.slice(0, 2), null)).toEqual({ events: 1000, ms: 200, startMs: 400 });
});

it('is the run itself where it came to its end', () => {
  expect(judgeSample(marks, { ms: 1450.2, events: 9000 })).toEqual({ events: 9000, ms: 1451, startMs: 0 });
  expect(judgeSample([], { ms: 20, events: 0 })).toBeNull();
});

it('is enough after a second, or with a tenth of the events in three commits', () => {
  const enough = (count: number, events: number) => isSampleEnough(marks.slice(0, count), events);
  expect(enough(0, 10)).toBe(false);
  // 1,000 events from the first commit to the second, 4,000 to the third.
  expect([enough(1, 10), enough(2, 10), enough(3, 40_000), enough(3, 40_001)]).toEqual([false, false, true, false]);
  expect([enough(4, Infinity), enough(5, Infinity)]).toEqual([false, true]);
});
