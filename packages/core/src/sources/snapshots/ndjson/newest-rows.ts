import { compareCodePoints } from './compare-code-points.js';

interface KeyedRow {
  readonly key: string;
}

type Batches<Row> = AsyncGenerator<readonly Row[]>;

/** A file of the stack, with the row that it is at; null behind its last one. */
interface Layer<Row> {
  readonly batches: Batches<Row>;
  batch: readonly Row[];
  at: number;
  row: Row | null;
}

const rowsPerBatch = 512;

/**
 * Merges files that were made on top of each other: of each key the newest row counts. Holds one batch a file. The rows of
 * each must rise by code points where there is more than one.
 * @param files the newest first, each in batches
 */
export async function* newestRows<Row extends KeyedRow>(files: readonly Batches<Row>[]): Batches<Row> {
  const [first] = files;
  if (first !== undefined && files.length === 1) {
    yield* first;
    return;
  }
  const layers: Layer<Row>[] = [];
  try {
    for (const batches of files) layers.push(await advanced({ batches, batch: [], at: -1, row: null }));
    let merged: Row[] = [];
    for (let row = leastOf(layers); row !== null; row = leastOf(layers)) {
      if (merged.push(row) === rowsPerBatch) {
        yield merged;
        merged = [];
      }
      for (const layer of layers) if (layer.row?.key === row.key) await advanced(layer);
    }
    yield merged;
  } finally {
    for (const { batches } of layers) await batches.return(undefined);
  }
}

async function advanced<Row>(layer: Layer<Row>): Promise<Layer<Row>> {
  layer.at++;
  while (layer.at >= layer.batch.length) {
    const read = await layer.batches.next();
    if (read.done === true) {
      layer.row = null;
      return layer;
    }
    [layer.batch, layer.at] = [read.value, 0];
  }
  layer.row = layer.batch[layer.at] ?? null;
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
