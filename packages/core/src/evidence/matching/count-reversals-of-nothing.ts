import type { Spill } from './spill.js';

/** `name` is the key and the amount without its sign, or the id. */
export type ReversalRow = [name: string, time: number | null, reversal: boolean];

/** Counts the reversals that take back nothing: each takes back a record of its name that is not later than it. */
export function countReversalsOfNothing(rows: Spill<ReversalRow>): number {
  let ofNothing = 0;
  for (const some of rows.read()) {
    const groups = new Map<string, ReversalRow[]>();
    for (const row of some) {
      const group = groups.get(row[0]);
      if (group === undefined) groups.set(row[0], [row]);
      else group.push(row);
    }
    for (const group of groups.values()) {
      group.sort(([, a, x], [, b, y]) => (a ?? -Infinity) - (b ?? -Infinity) || Number(x) - Number(y));
      let standing = 0;
      for (const [, , reversal] of group) {
        if (!reversal) standing++;
        else if (standing > 0) standing--;
        else ofNothing++;
      }
    }
  }
  return ofNothing;
}
