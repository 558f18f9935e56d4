import type { FileMetaData } from 'hyparquet';

/** Rows that are decoded in one go: within one row group. */
export interface ParquetSpan {
  readonly from: number;
  readonly to: number;
  /** The columns have an index of their pages, so that less than the row group can be read. */
  readonly indexed: boolean;
}

/** Cuts a file into spans, beginning at a row: whole row groups, or parts of them where the pages are indexed. */
export function parquetSpans(metadata: FileMetaData, spanRows: number, fromRow: number): readonly ParquetSpan[] {
  const spans: ParquetSpan[] = [];
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    const indexed = group.columns.every((column) => column.offset_index_offset !== undefined);
    const step = indexed ? spanRows : groupEnd - groupStart;
    for (let from = Math.max(groupStart, fromRow); from < groupEnd; from += step) {
      spans.push({ from, to: Math.min(groupEnd, from + step), indexed });
    }
    groupStart = groupEnd;
  }
  return spans;
}
