import { compareCodePoints } from './compare-code-points.js';

interface KeyedRow {
  readonly key: string;
}

/** A file of the stack, with the row that it is at; null behind its last one. */
interface Layer<Row> {
  readonly rows: AsyncGenerator<Row>;
  row: Row | null;
}

/**
 * Merges files that were made on top of each other: of each key the newest row counts. Holds one row a file. The rows of
 * each must rise by code points where there is more than one.
 * @param files the newest first
 */
export async function* newestRows<Row extends KeyedRow>(files: readonly AsyncGenerator<Row>[]): AsyncGenerator<Row> {
  const [first] = files;
  if (first !== undefined && files.length === 1) {
    yield* first;
    return;
  }
  const layers: Layer<Row>[] = [];
  try {
    for (const rows of files) layers.push(await advanced({ rows, row: null }));
    for (;;) {
      const row = leastOf(layers);
      if (row === null) return;
      yield row;
      for (const layer of layers) if (layer.row?.key === row.key) await advanced(layer);
    }
  } finally {
    for (const { rows } of layers) await rows.return(undefined);
  }
}

async function advanced<Row>(layer: Layer<Row>): Promise<Layer<Row>> {
  const read = await layer.rows.next();
  layer.row = read.done === true ? null : read.value;
  return layer;
}

/** The row with the least key; of several with the same key that of the newest file. */
function leastOf<Row extends KeyedRow>(layers: readonly Layer<Row>[]): Row | null {
  let least: Row | null = null;
  for (const { row } of layers) {
    if (row !== null && (least === null || compareCodePoints(row.key, least.key) < 0)) least = row;
  }
  return least;
}
