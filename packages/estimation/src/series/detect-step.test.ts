import { expect, it } from 'vitest';
import { detectStep } from './detect-step.js';
import { slotEdges, type GridStep } from './grid.js';

it.each(['hour', 'day', 'week', 'month'] as const)(
  'finds a row each %s, with holes and a repeated one',
  (step: GridStep) => {
    const zone = 'Europe/Berlin';
    const times = slotEdges(
      Date.UTC(2024, 1, 20),
      Date.UTC(step === 'hour' ? 2024 : 2028, step === 'hour' ? 2 : 9, 1),
      step,
      zone,
    );
    const holes = times.filter((_, slot) => slot % 11 !== 5);
    expect(detectStep([...holes, holes[3]!], zone)).toBe(step);
  },
);

it('finds none where several rows stand for an hour', () => {
  expect(detectStep([0, 1, 2, 3, 4], 'UTC')).toBeNull();
  expect(detectStep([], 'UTC')).toBeNull();
});
