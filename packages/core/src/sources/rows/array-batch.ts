import type { RowBatch } from './row-source.js';

const noColumns: ReadonlySet<string> = new Set();

/** A batch of rows that have no text of their own; `before` rows of the file were delivered in front of it. */
export function arrayBatch(
  file: string,
  values: readonly unknown[],
  before: number,
  inexact: ReadonlySet<number> | null = null,
  timeColumns: ReadonlySet<string> = noColumns,
): RowBatch {
  return {
    count: values.length,
    values,
    inexact,
    ...(timeColumns.size > 0 && { timeColumns }),
    text: () => null,
    bytes: () => null,
    place: (index) => ({ file, unit: 'row', number: before + index + 1, byte: null }),
    positionAfter: (index) => ({ rows: before + index + 1, lines: before + index + 1, byte: null }),
  };
}
