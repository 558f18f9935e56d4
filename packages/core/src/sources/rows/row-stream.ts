import type { RowReader } from './row-source.js';

/** Rows of anything that can be read from its beginning, more than once: files, a database, a command, a log. */
export interface RowStream {
  /** Where the rows are, for people. Never holds secrets. */
  readonly location: string;
  open(): RowReader;
  /** SHA-256 of the content as it is stored; null where only reading the rows would tell (a command, a log). */
  digest(): Promise<string | null>;
}
