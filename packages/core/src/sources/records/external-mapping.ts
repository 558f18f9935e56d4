import type { ColumnName, ColumnReference, TimeMapping } from '../rows/event-mapping.js';

/** How rows of another system become records. Plain JSON. */
export interface ExternalMapping {
  readonly id?: ColumnReference | null;
  readonly key?: ColumnReference | null;
  readonly time?: RecordTimeMapping | null;
  readonly amount?: AmountMapping | null;
  readonly type?: TypeMapping | null;
  /** Which rows take an earlier one back: those with a negative amount, or those with one of these texts in a column. */
  readonly reversal?: 'negative' | { readonly column: ColumnName; readonly is: readonly string[] } | null;
}

export interface RecordTimeMapping extends TimeMapping {
  /** How times are written that are not in ISO 8601 form, such as `DD.MM.YYYY HH:mm`. */
  readonly form?: string;
}

/** An amount as digits: read exactly, and refused where it is not written as declared. */
export interface AmountMapping {
  readonly column: ColumnName;
  readonly optional?: boolean;
  /** What stands before the fraction; a point by default. */
  readonly decimal?: 'point' | 'comma';
  /** What stands between thousands, such as `.` or a blank; nothing by default. */
  readonly thousands?: string;
}

export interface TypeMapping {
  readonly column: ColumnName;
  /** The type of event for a text of the column; a text that is not named here is a type itself. */
  readonly names?: Readonly<Record<string, string>>;
}
