import { compareCodePoints } from '@eventmend/core/engine';
import { parseRow } from '../files/checkpoint-row.js';
import type { ExaminedFile } from '../files/examine-checkpoint.js';
import { readLines } from '../files/read-lines.js';
import { emptySum, HashSum } from '../store/hash-sum.js';
import type { HashedRow } from '../store/state-row.js';

/**
 * The ids of checkpoints that do not have, together with what they stand on, the rows that they were made of: each file may
 * be whole, and a row that changed be in none of them. Goes once over each file that others stand on.
 * @param files without a problem of their own, nor below them
 */
export function findIncomplete(files: readonly ExaminedFile[]): ReadonlySet<string> {
  const byId = new Map(files.map((file) => [file.id, file]));
  const wrong = new Set<string>();
  const looked = new Set<string>();
  for (const top of [...files].reverse()) {
    if (looked.has(top.id)) continue;
    const stack: ExaminedFile[] = [];
    for (let file: ExaminedFile | undefined = top; file !== undefined; file = byId.get(file.header?.base?.id ?? ''))
      stack.unshift(file);
    for (const id of incompleteOfStack(stack)) wrong.add(id);
    for (const { id } of stack) looked.add(id);
  }
  return wrong;
}

/** @param stack the full one first, each on the one before it */
function incompleteOfStack(stack: readonly ExaminedFile[]): readonly string[] {
  if (stack.length < 2) return [];
  // What each adds to the sum and the count of the one below.
  const added = stack.map(() => ({ sum: new HashSum(emptySum), states: 0 }));
  const layers = stack.map(({ file }) => advance({ rows: rowsOf(file), row: null }));
  for (let key = leastKey(layers); key !== null; key = leastKey(layers)) {
    let below: HashedRow | null = null;
    layers.forEach((layer, level) => {
      const { row } = layer;
      if (row?.key !== key) return;
      const { sum } = added[level] as (typeof added)[number];
      if (below !== null) sum.remove(below.hash);
      sum.add(row.hash);
      (added[level] as { states: number }).states +=
        Number(row.text !== null) - Number(below !== null && below.text !== null);
      below = row;
      advance(layer);
    });
  }
  const total = new HashSum(emptySum);
  let states = 0;
  return stack.flatMap(({ id, header }, level) => {
    const { sum, states: more } = added[level] as (typeof added)[number];
    total.add(sum.toString());
    states += more;
    return states === header?.keys && total.toString() === header.commit.states_sum ? [] : [id];
  });
}

interface Layer {
  readonly rows: Generator<HashedRow>;
  row: HashedRow | null;
}

function advance(layer: Layer): Layer {
  const read = layer.rows.next();
  layer.row = read.done === true ? null : read.value;
  return layer;
}

function leastKey(layers: readonly Layer[]): string | null {
  let least: string | null = null;
  for (const { row } of layers)
    if (row !== null && (least === null || compareCodePoints(row.key, least) < 0)) least = row.key;
  return least;
}

function* rowsOf(file: string): Generator<HashedRow> {
  for (const { number, bytes } of readLines(file)) {
    const row = number === 1 ? null : parseRow(bytes);
    if (row !== null && !('problem' in row)) yield row;
  }
}
