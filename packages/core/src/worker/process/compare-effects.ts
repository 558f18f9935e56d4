import { firstDifference } from '../../model/json/first-difference.js';
import { quoteKey } from '../worker-failures.js';
import type { BatchEffects, EventEffects } from './read-effects-answer.js';

export interface BatchDivergence {
  /** The first event of the batch whose effects differ, or the last that wrote a state that does. */
  readonly place: number;
  readonly what: string;
}

type Compared = Pick<BatchEffects, 'events' | 'states'>;

/** The first thing in which two answers about the same events differ; null where they are the same. */
export function firstDivergence(first: Compared, second: Compared): BatchDivergence | null {
  for (const [place, effects] of first.events.entries()) {
    const what = differenceOf(effects, second.events[place] ?? null);
    if (what !== null) return { place, what: `handled again, ${what}` };
  }
  for (const [key, state] of first.states) {
    const again = second.states.get(key);
    if (JSON.stringify(state) === JSON.stringify(again)) continue;
    const found = firstDifference(state, again);
    const where =
      found === null ? 'the fields of its state stand in another order' : `its state is another at ${found.path}`;
    const place = first.events.findLastIndex((effects) => effects?.writes.includes(key) === true);
    return { place, what: `handled again, the batch leaves key ${quoteKey(key)} otherwise: ${where}` };
  }
  return null;
}

function differenceOf(first: EventEffects | null, second: EventEffects | null): string | null {
  if (first === null || second === null) return first === second ? null : 'it was skipped once and not the other time';
  if (JSON.stringify(first.reads) !== JSON.stringify(second.reads)) return 'it reads other keys';
  if (JSON.stringify(first.writes) !== JSON.stringify(second.writes)) return 'it writes other keys';
  const output = first.outputs.findIndex(
    (emitted, index) => JSON.stringify(emitted) !== JSON.stringify(second.outputs[index]),
  );
  const [one, other] = [first.outputs.length, second.outputs.length];
  if (output === -1) return one === other ? null : `it gives ${other} outputs, and gave ${one}`;
  return `its output ${quoteKey(first.outputs[output]?.output)} is another one`;
}
