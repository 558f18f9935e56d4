import type { RecordedEventRef } from '@eventmend/core/engine';
import type { Fault } from '../../src/diagnose/fault.js';
import { nameOf, type PlantedKind, type PlantedMistake } from './played-event.js';

export interface JudgedAccusations {
  readonly right: readonly PlantedMistake[];
  readonly false: readonly Fault[];
}

/** Which accusations name what really went wrong: the kind, and the event (one of the two, where two stand in the wrong order). */
export function judgeAccusations(mistakes: readonly PlantedMistake[], faults: readonly Fault[]): JudgedAccusations {
  const right = new Set<PlantedMistake>();
  const wrong: Fault[] = [];
  for (const fault of faults) {
    const meant = mistakes.find((mistake) => isMeant(fault, mistake));
    if (meant === undefined) wrong.push(fault);
    else right.add(meant);
  }
  return { right: [...right], false: wrong };
}

/** Whether an accusation names what a mistake was. */
export function isMeant({ kind, event, other }: Fault, mistake: PlantedMistake): boolean {
  if (kind !== (mistake.kind satisfies PlantedKind)) return false;
  if (kind !== 'out-of-order') return same(event, mistake.event);
  const between = (a: RecordedEventRef, b: RecordedEventRef | null): boolean =>
    same(a, mistake.event) && (b === null || mistake.others.some((one) => same(one, b)));
  return between(event, other) || (other !== null && between(other, event));
}

function same(a: RecordedEventRef, b: RecordedEventRef): boolean {
  return nameOf(a) === nameOf(b);
}
