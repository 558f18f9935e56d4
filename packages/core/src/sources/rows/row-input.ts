import type { RowFormat } from './row-source.js';

/** Where rows come from: plain JSON, so that another thread can open them too. Paths are absolute. */
export type RowInput = FileInput | MembersInput | SqliteInput | CommandInput;

export interface FileInput {
  readonly kind: 'file';
  readonly file: string;
  readonly format: RowFormat;
  /** For CSV: the character between fields; by default `,`, and a tab for `.tsv`. */
  readonly delimiter?: string;
}

/** One JSON document, and of it the members of one object, as rows `{key, value}`. */
interface MembersInput {
  readonly kind: 'members';
  readonly file: string;
  /** Names that lead to the object; empty for the document itself. */
  readonly path: readonly string[];
}

export interface SqliteInput {
  readonly kind: 'sqlite';
  readonly file: string;
  /** A table whose rows are read in the order of the database, or one SELECT. */
  readonly from: { readonly table: string } | { readonly query: string };
}

export interface CommandInput {
  readonly kind: 'command';
  /** The program and its arguments, started without a shell. */
  readonly command: readonly string[];
  readonly format: 'ndjson' | 'csv';
  /** For CSV: the character between fields, `,` by default. */
  readonly delimiter?: string;
  /** The folder that it is started in. */
  readonly folder: string;
  /** It is killed with all that it started after this many milliseconds; 600,000 by default. */
  readonly timeLimitMs?: number;
}
