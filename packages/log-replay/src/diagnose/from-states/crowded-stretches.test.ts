import { expect, it } from 'vitest';
import { CrowdedStretches } from './crowded-stretches.js';

const handled = (stretches: CrowdedStretches, times: number, ...keys: readonly string[]): void => {
  for (let time = 0; time < times; time++) stretches.handled(keys);
};

it('is crowded where each differing key has too many events, or meets one that has', () => {
  const stretches = new CrowdedStretches(3);
  handled(stretches, 4, 'big');
  handled(stretches, 1, 'big', 'small');
  handled(stretches, 1, 'smaller', 'small');
  stretches.close(['big', 'small', 'smaller']);
  expect(stretches.allCrowded).toBe(true);
});

it('is not where a differing key has few events, and meets no other that differs', () => {
  const stretches = new CrowdedStretches(3);
  handled(stretches, 4, 'big');
  handled(stretches, 1, 'big', 'right');
  handled(stretches, 1, 'right', 'small');
  stretches.close(['big', 'small']);
  expect(stretches.allCrowded).toBe(false);
});

it('counts each stretch by itself, and stays open once one is', () => {
  const stretches = new CrowdedStretches(3);
  handled(stretches, 4, 'big');
  stretches.close([]);
  handled(stretches, 3, 'big');
  stretches.close(['big']);
  expect(stretches.allCrowded).toBe(false);
  handled(stretches, 9, 'big');
  stretches.close(['big']);
  expect(stretches.allCrowded).toBe(false);
});
