/** What stands in one column of a row, before the database makes its own type of it. */
export type Cell = string | number | boolean | null;

/** Cells by the names of their columns. */
export type CellsByColumn = Readonly<Record<string, Cell>>;

export interface TableColumn {
  readonly name: string;
  /** It holds no null, and the database puts nothing into it by itself. */
  readonly required: boolean;
  /** The database computes it; nothing can be written into it. */
  readonly generated: boolean;
  /** No two rows hold the same, by a key of this column alone. */
  readonly unique: boolean;
}

/** How far a publication has come, as it stands in the database itself. */
export interface PublicationMark {
  readonly runId: string;
  /** Of the outbox: whoever goes on has the same one. */
  readonly chain: string;
  /** Rows before it are published, or left out. */
  readonly next: number;
  /** Of these: left out, since something newer stood there. */
  readonly dropped: readonly number[];
}

/** The table of ours that stands beside the user's. Its name is an interface: never changed. */
export const marksTable = 'eventmend_publications';

/** A table of the user's that outputs are written to. Opening it writes nothing. To be closed. */
export interface OutputTable {
  /** The database, for people. Never holds secrets. */
  readonly location: string;
  readonly name: string;
  /** Tells it from a table of the same name in another database, as far as the database itself knows. */
  readonly identity: string;
  readonly columns: readonly TableColumn[];
  /** What the user may not do and has to, in the words of a grant; empty where nothing is missing. */
  readonly missingPermissions: readonly string[];
  /** False where the table of ours will be made. */
  readonly hasMarks: boolean;
  isEmpty(): Promise<boolean>;
  /**
   * The rows as the table would give them back, in the form in which they are read: what it rounds, cuts or turns into another type
   * shows. Writes nothing.
   * @throws RecoveryError `publication-refused` for a cell that a column cannot hold
   */
  asStored(rows: readonly CellsByColumn[]): Promise<readonly unknown[]>;
  /** All rows that hold one of the values in a column. */
  rowsOf(column: string, values: readonly string[]): Promise<readonly unknown[]>;
  /** The mark of a publication; null where there is none. */
  mark(base: string): Promise<PublicationMark | null>;
  /**
   * All or nothing, durable when it has ended. Nobody else writes to the table meanwhile.
   * @throws PassingFailure where it may be tried again: what became of it is then not known, and only the mark tells
   */
  transaction<Result>(work: (transaction: TableTransaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface TableTransaction {
  mark(base: string): Promise<PublicationMark | null>;
  setMark(base: string, mark: PublicationMark): Promise<void>;
  rowsOf(column: string, values: readonly string[]): Promise<readonly unknown[]>;
  /** Inserts rows, or overwrites those of the same id in these columns. No id occurs twice. */
  upsert(idColumn: string, rows: readonly CellsByColumn[]): Promise<void>;
  remove(idColumn: string, ids: readonly string[]): Promise<void>;
}
