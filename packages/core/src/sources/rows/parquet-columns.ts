import type { AsyncBuffer, ColumnData, ParquetParsers, FileMetaData } from 'hyparquet';
import { defineField } from './define-field.js';
import type { ParquetFile } from './parquet-file.js';
import type { ParquetSpan } from './parquet-spans.js';
import { toPlain, type PlainCounts } from './parquet-values.js';

/** The decoded columns of a span. */
export interface ParquetColumns {
  readonly span: ParquetSpan;
  readonly columns: readonly ParquetColumn[];
}

interface ParquetColumn {
  readonly name: string;
  /** Digits behind the point for decimal columns, else null. */
  readonly scale: number | null;
  /** Pieces in rising order of rows; may reach beyond the span on both sides. */
  readonly pieces: readonly ColumnData[];
}

/** Decodes the columns of a span; rows are put together later, batch by batch. */
export async function readParquetColumns(
  parquet: ParquetFile,
  source: AsyncBuffer,
  span: ParquetSpan,
  parsers: ParquetParsers,
): Promise<ParquetColumns> {
  const { library, metadata, compressors } = parquet;
  const pieces = new Map<string, ColumnData[]>();
  for (const child of library.parquetSchema(metadata).children) pieces.set(child.element.name, []);
  await library.parquetRead({
    file: source,
    metadata,
    rowStart: span.from,
    rowEnd: span.to,
    useOffsetIndex: span.indexed,
    utf8: false,
    parsers,
    ...(compressors === undefined ? {} : { compressors }),
    onChunk: (piece) => pieces.get(piece.columnName)?.push(piece),
  });
  const scales = decimalScales(metadata);
  const columns = [...pieces].map(([name, list]): ParquetColumn => ({
    name,
    scale: scales.get(name) ?? null,
    pieces: list,
  }));
  return { span, columns };
}

/** Rows `from` to `to` (exclusive, counted over the file) as plain objects. */
export function rowsOfColumns(decoded: ParquetColumns, from: number, to: number, counts: PlainCounts): unknown[] {
  const rows: Record<string, unknown>[] = Array.from({ length: to - from }, () => ({}));
  for (const column of decoded.columns) {
    let filled = 0;
    for (const piece of column.pieces) {
      const begin = Math.max(from, piece.rowStart);
      const end = Math.min(to, piece.rowEnd);
      for (let row = begin; row < end; row++) {
        const value = toPlain(piece.columnData[row - piece.rowStart], counts);
        defineField(
          rows[row - from] ?? {},
          column.name,
          column.scale === null ? value : roundDecimal(value, column.scale),
        );
        filled++;
      }
    }
    if (filled !== rows.length) throw new Error(`column ${JSON.stringify(column.name)} has too few values`);
  }
  return rows;
}

/** Digits behind the point of the decimal columns at the top level. */
function decimalScales(metadata: FileMetaData): ReadonlyMap<string, number> {
  const scales = new Map<string, number>();
  for (const element of metadata.schema) {
    if (element.converted_type === 'DECIMAL') scales.set(element.name, element.scale ?? 0);
  }
  return scales;
}

/**
 * The number nearest to the decimal: the library multiplies by a power of ten, which makes 0.57 of 57 cents
 * 0.5700000000000001.
 * @throws Error for a decimal with more digits than a number can hold: the library has lost them already.
 */
function roundDecimal(value: unknown, scale: number): unknown {
  if (typeof value !== 'number') return value;
  if (Math.abs(value) * 10 ** scale > Number.MAX_SAFE_INTEGER) {
    throw new Error('a decimal has more digits than can be read without loss; cast the column to text');
  }
  return Number(value.toFixed(scale));
}
