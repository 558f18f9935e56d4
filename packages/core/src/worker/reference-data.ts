/** Rows of reference data by key, each valid from some time on. */
export interface ReferenceTable {
  /** The value that was valid at a time (milliseconds; -Infinity finds rows without a beginning only), or undefined. */
  at(key: string, time: number): unknown;
}

export type ReferenceTables = Readonly<Record<string, ReferenceTable>>;
