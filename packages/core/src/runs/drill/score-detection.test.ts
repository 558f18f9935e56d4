import { expect, it } from 'vitest';
import type { PlantedFault } from './planted-fault.js';
import { scoreDetection, type Accusation } from './score-detection.js';

const at = (offset: number) => ({ topic: 't', partition: 0, offset });
const planted = [{ kind: 'wrong', event: at(3), other: null }] as unknown as readonly PlantedFault[];
const score = (accusation: Accusation) => scoreDetection(planted, [], { accusations: [accusation], undetermined: 0 });

it('a wrong result that is told at one of two events is right at either, and one that is told at neither is false', () => {
  for (const [event, other] of [
    [at(3), at(2)],
    [at(4), at(3)],
  ] as const) {
    expect(score({ kind: 'wrong', event, other })).toMatchObject({ found: 1, named: 1, falseAlarms: 0, precision: 1 });
  }
  expect(score({ kind: 'wrong', event: at(4), other: at(5) })).toMatchObject({ found: 0, falseAlarms: 1 });
  // The other event of a disorder is not accused.
  expect(score({ kind: 'out-of-order', event: at(4), other: at(3) })).toMatchObject({ falseAlarms: 1 });
});
