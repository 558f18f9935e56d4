/** Where an export puts its rows; made for one draft file. */
export interface RowSink<Row> {
  write(row: Row): void;
  /** Everything is in the file when this returns. */
  finish(): void;
  /** Frees what the sink holds; safe to call after `finish`. */
  close(): void;
}
