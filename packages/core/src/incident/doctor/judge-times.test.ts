import { describe, expect, it } from 'vitest';
import { judgeTimes } from './judge-times.js';

const moment = Date.UTC(2026, 0, 1);

describe('times that a doctor looks at', () => {
  it('have nothing odd between 2000 and 2100, or where there is none', () => {
    expect(judgeTimes([moment, NaN, moment + 0.001], 'milliseconds')).toBeNull();
  });

  it.each([
    ['nanoseconds', moment * 1e6, 'milliseconds', 'out-of-range'],
    ['microseconds', moment * 1000, 'milliseconds', 'implausible'],
    ['seconds', moment / 1000, 'milliseconds', 'implausible'],
    ['milliseconds', moment * 1000, 'seconds', 'implausible'],
    ['milliseconds', moment / 1000, 'microseconds', 'implausible'],
  ] as const)('are told to be %s', (unit, time, declared, kind) => {
    expect(judgeTimes([NaN, time, time], declared)).toEqual({ kind, index: 1, time, events: 2, unit });
  });

  it('are told where no unit makes sense of them', () => {
    expect(judgeTimes([5], 'milliseconds')).toMatchObject({ kind: 'implausible', unit: null });
    expect(judgeTimes([-1e17], 'milliseconds')).toMatchObject({ kind: 'out-of-range', unit: null });
  });
});
