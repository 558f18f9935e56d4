import type { AsyncBuffer, ColumnData, ParquetParsers } from 'hyparquet';
import { pathOfInexact } from '../../model/json/keep-digits.js';
import { defineField } from './define-field.js';
import { decimalColumns, type DecimalRounding } from './parquet-decimals.js';
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
  /** Null where it holds no decimals. */
  readonly decimals: DecimalRounding | null;
  /** A date or a timestamp by its type. */
  readonly isTime: boolean;
  readonly isJson: boolean;
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
  const decimals = decimalColumns(library, metadata);
  const named = (types: readonly string[]) =>
    new Set(
      library
        .parquetSchema(metadata)
        .children.map(({ element }) => element)
        .filter(
          ({ type, converted_type: converted, logical_type: logical }) =>
            types.includes(converted ?? '') || types.includes(logical?.type ?? '') || types.includes(type ?? ''),
        )
        .map(({ name }) => name),
    );
  const times = named(['TIMESTAMP', 'TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS', 'DATE', 'INT96']);
  const jsonColumns = named(['JSON']);
  const columns = [...pieces].map(([name, list]): ParquetColumn => ({
    name,
    decimals: decimals.get(name) ?? null,
    isTime: times.has(name),
    isJson: jsonColumns.has(name),
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
        defineField(rows[row - from] ?? {}, column.name, column.decimals === null ? value : column.decimals(value));
        filled++;
      }
    }
    if (filled !== rows.length) throw new Error(`column ${JSON.stringify(column.name)} has too few values`);
  }
  return rows;
}

export function timeColumnsOf({ columns }: ParquetColumns): ReadonlySet<string> {
  return new Set(columns.filter(({ isTime }) => isTime).map(({ name }) => name));
}

/** Rows with a number in a JSON column that a double cannot give back; null where there are none. */
export function inexactRows(decoded: ParquetColumns, rows: readonly unknown[]): ReadonlySet<number> | null {
  if (!decoded.columns.some(({ isJson }) => isJson)) return null;
  return new Set(rows.flatMap((row, index) => (pathOfInexact(row) === null ? [] : [index])));
}
