import { describe, expect, it } from 'vitest';
import { weighStates } from './weigh-states.js';

const keys = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at));

describe('weighing two states', () => {
  it('takes the newer one where much is lost behind the older one and few of its known keys are wrong', () => {
    const told = { wrong: keys(47), agreeing: keys(1153), unknown: 400, unevenness: 0 };
    const { older, newer } = weighStates(told, 900);
    expect(older).toBeCloseTo(400 * (1 - Math.exp(-900 / 400)));
    expect(newer).toBeGreaterThan((400 * 48) / 1202);
    expect(newer).toBeLessThan(20);
    expect(weighStates(told, 10).older).toBeLessThan(newer);
  });

  it('shows little by few keys that agree, and spares more keys where events fall unevenly', () => {
    const few = { wrong: [], agreeing: keys(2), unknown: 10, unevenness: 0 };
    expect(weighStates(few, 10).newer).toBeGreaterThan(4);
    expect(weighStates({ ...few, unevenness: 2 }, 10).older).toBeLessThan(weighStates(few, 10).older);
    expect(weighStates({ ...few, unevenness: 1e-9 }, 10).older).toBeCloseTo(weighStates(few, 10).older, 4);
    expect(weighStates({ ...few, unknown: 0 }, 10)).toEqual({ older: 0, newer: 0 });
  });
});
