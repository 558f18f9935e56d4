import type { OutputValues } from '../../evidence/compare/output-values.js';
import type { SideOutput } from './compared-key.js';
import type { OrderedCursor } from './merge-by-key.js';
import type { SideTally } from './tally-side.js';

/** Outputs of one key by their ids, those of one id numbered as they come. */
export type OutputsOfKey = ReadonlyMap<string, SideOutput>;

const nothing: OutputsOfKey = new Map();

/** Takes the outputs of one key from a stream. */
export function takeOutputs(cursor: OrderedCursor<SideOutput>, key: string): OutputsOfKey {
  if (cursor.head?.key !== key) return nothing;
  const taken = new Map<string, SideOutput>();
  const repeated = new Map<string, number>();
  for (let head: SideOutput | null = cursor.head; head?.key === key; head = cursor.head) {
    const { id } = head;
    const before = repeated.get(id) ?? 0;
    taken.set(before === 0 ? id : JSON.stringify([id, before]), head);
    repeated.set(id, before + 1);
    cursor.take();
  }
  return taken;
}

/**
 * Counts the outputs of a key against those of the reference.
 * @returns how many are not the same
 */
export function compareOutputsOfKey(
  own: OutputsOfKey,
  reference: OutputsOfKey,
  values: OutputValues,
  { outputs: tally }: SideTally,
): number {
  let same = 0;
  let differing = 0;
  for (const [id, { output, value }] of own) {
    const theirs = reference.get(id);
    if (theirs === undefined) continue;
    if (values.same(output, theirs.value, value)) same++;
    else differing++;
  }
  const met = same + differing;
  tally.same += same;
  tally.differing += differing;
  tally.surplus += own.size - met;
  tally.missing += reference.size - met;
  return own.size + reference.size - met - same;
}
