import { describe, expect, it } from 'vitest';
import type { ComparedRecovery, StatesAgainst } from './comparison.js';
import { scoreLive, scoreRecovery } from './score-recovery.js';

const states = { same: 5, differing: 2, missing: 1, surplus: 0, undetermined: 4, wrongAs: {} } as StatesAgainst;
const recovery = {
  states,
  fidelity: { exact: 5 },
  outputs: { same: 90, differing: 0, missing: 10, surplus: 0, besideLog: 10 },
  measures: [],
} as unknown as ComparedRecovery;

describe('the score of a recovery', () => {
  it('counts what could be held against the truth, and nothing else', () => {
    const { keys, outputs } = scoreRecovery(recovery);
    expect([keys, outputs]).toEqual([
      { of: 8, wrong: 3 },
      { of: 100, wrong: 10 },
    ]);
  });

  it('excuses no key of the live state by another order', () => {
    expect(scoreLive(states)).toEqual({ of: 12, wrong: 7 });
  });
});
