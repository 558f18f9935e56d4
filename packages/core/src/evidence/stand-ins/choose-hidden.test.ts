import { expect, it } from 'vitest';
import { chooseHidden } from './choose-hidden.js';

const of = (partition: number, from: number, count: number, every: number) => ({
  id: { source: 's', topic: 't', incarnation: '', partition },
  samples: Array.from({ length: count }, (_, n) => ({ offset: from + n, time: n * every })),
  stride: 1,
  to: from + count,
});
const always = { from: -Infinity, until: Infinity };

it('hides one stretch of time in the middle, of as many events as are lost', () => {
  // The second partition has a tenth of the events in the same time.
  const hidden = chooseHidden([of(0, 100, 1000, 10), of(1, 0, 100, 100)], always, 110);
  expect(hidden.map(({ from, to }) => [from, to])).toEqual([
    [550, 651],
    [45, 56],
  ]);
});

it('hides no more than half of what is known while the records speak', () => {
  const [hidden] = chooseHidden([of(0, 0, 1000, 10)], { from: 5000, until: 5990 }, 1_000_000);
  expect(hidden).toMatchObject({ from: 525, to: 576 });
});

it('hides nothing where the records speak of no known event', () => {
  expect(chooseHidden([of(0, 0, 10, 10)], { from: 5000, until: 6000 }, 5)).toEqual([]);
  expect(chooseHidden([of(0, 0, 10, 10)], null, 5)).toEqual([]);
});
