import type { KafkaTlsSettings } from '../kafka/connection/kafka-settings.js';
import type { SecretSource } from '../secrets/secret-source.js';
import type { RowFormat } from './row-source.js';

/** Where rows come from: plain JSON, so that another thread can open them too. Paths are absolute. */
export type RowInput = FileInput | MembersInput | SqliteInput | PostgresInput | CommandInput;

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

export interface PostgresInput {
  readonly kind: 'postgres';
  /** Where its URL is had from, with user and password: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly url: SecretSource;
  /** Whether the connection is encrypted; what the URL says by default, and not where it says nothing. */
  readonly tls?: boolean | KafkaTlsSettings;
  /** One SELECT. */
  readonly query: string;
  /** The table that the query reads as a whole, where the user names one; outputs can be published to it. */
  readonly table?: string;
  /** One SELECT of topic, partition and next_offset: what the service had read, in the same state of the database. */
  readonly positionQuery?: string;
  /** How long one reading may take, in milliseconds; 600,000 by default. */
  readonly timeLimitMs?: number;
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
