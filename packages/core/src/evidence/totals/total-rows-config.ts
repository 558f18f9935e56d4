import type { Decimal } from '../../model/records/decimal.js';
import type { ExternalMapping } from '../../sources/records/external-mapping.js';
import type { RowInput } from '../../sources/rows/row-input.js';

/** A source whose rows say what a measure came to at a time, as an incident names it. Plain JSON. */
export interface TotalRowsConfig {
  readonly name: string;
  readonly rows: RowInput;
  /** Amount and time are read of every row. The key is that of a state, or names a group; all keys where there is none. */
  readonly mapping: ExternalMapping;
  readonly measure: string;
  /** The measure has the amount times this. */
  readonly factor: Decimal;
  readonly within: number;
  readonly of: string;
  /** The keys of each group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}
