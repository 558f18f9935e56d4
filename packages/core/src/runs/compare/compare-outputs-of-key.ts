import { recordedDifference, type Tolerances } from '../../evidence/compare/recorded-value.js';
import type { SideOutput } from './compared-key.js';
import type { OrderedCursor } from './merge-by-key.js';
import type { SideTally } from './tally-side.js';

/** The outputs of one key of one stream. Few: those that one key has in the whole range. */
export function takeOutputs(cursor: OrderedCursor<SideOutput>, key: string): readonly SideOutput[] {
  const taken: SideOutput[] = [];
  while (cursor.head?.key === key) {
    taken.push(cursor.head);
    cursor.take(true);
  }
  return taken;
}

/**
 * Counts the outputs of a key against those of the reference.
 * @returns how many are not the same
 */
export function compareOutputsOfKey(
  own: readonly SideOutput[],
  reference: ReadonlyMap<string, SideOutput>,
  tolerances: ReadonlyMap<string, Tolerances>,
  { outputs: tally }: SideTally,
): number {
  let same = 0;
  let differing = 0;
  for (const { id, output, value } of own) {
    const theirs = reference.get(id);
    if (theirs === undefined) continue;
    if (recordedDifference(value, theirs.value, tolerances.get(output)) === null) same++;
    else differing++;
  }
  const met = same + differing;
  tally.same += same;
  tally.differing += differing;
  tally.surplus += own.length - met;
  tally.missing += reference.size - met;
  return own.length + reference.size - met - same;
}
