import type { RowBatch } from './row-source.js';

/** A batch of rows that have no text of their own; `before` rows of the file were delivered in front of it. */
export function arrayBatch(
  file: string,
  values: readonly unknown[],
  before: number,
  inexact: ReadonlySet<number> | null = null,
): RowBatch {
  return {
    count: values.length,
    values,
    inexact,
    text: () => null,
    bytes: () => null,
    place: (index) => ({ file, unit: 'row', number: before + index + 1, byte: null }),
    positionAfter: (index) => ({ rows: before + index + 1, lines: before + index + 1, byte: null }),
  };
}
