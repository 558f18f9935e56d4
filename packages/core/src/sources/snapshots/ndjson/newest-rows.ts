import type { SnapshotRow } from '../../../model/snapshots/snapshot-source.js';
import { compareCodePoints } from './compare-code-points.js';
import type { SnapshotFileRow } from './snapshot-lines.js';

/** A file of the stack, with the row that it is at; null behind its last one. */
interface Layer {
  readonly rows: AsyncGenerator<SnapshotFileRow>;
  row: SnapshotFileRow | null;
}

/**
 * Merges files that were made on top of each other: of each key the newest row counts, and a key that it says is gone has
 * none. Holds one row a file. The rows of each must rise by code points where there is more than one.
 * @param files the newest first
 */
export async function* newestRows(files: readonly AsyncGenerator<SnapshotFileRow>[]): AsyncGenerator<SnapshotRow> {
  const [first] = files;
  if (first !== undefined && files.length === 1) {
    for await (const { key, state } of first) if (state !== undefined) yield { key, state };
    return;
  }
  const layers: Layer[] = [];
  try {
    for (const rows of files) layers.push(await advanced({ rows, row: null }));
    for (;;) {
      const newest = leastOf(layers);
      if (newest?.row == null) return;
      const { key, state } = newest.row;
      if (state !== undefined) yield { key, state };
      for (const layer of layers) if (layer.row?.key === key) await advanced(layer);
    }
  } finally {
    for (const { rows } of layers) await rows.return(undefined);
  }
}

async function advanced(layer: Layer): Promise<Layer> {
  const { done, value } = await layer.rows.next();
  layer.row = done === true ? null : value;
  return layer;
}

/** The layer with the least key; of several with the same key the newest. */
function leastOf(layers: readonly Layer[]): Layer | undefined {
  let least: Layer | undefined;
  for (const layer of layers) {
    if (layer.row === null) continue;
    if (least?.row == null || compareCodePoints(layer.row.key, least.row.key) < 0) least = layer;
  }
  return least;
}
