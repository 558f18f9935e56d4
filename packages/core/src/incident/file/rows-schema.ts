import { z } from 'zod';
import { parseDuration } from './duration.js';
import { secretSchema, tlsSchema } from './kafka-schema.js';

const path = z.string().min(1, 'must not be empty');
const sources = ['ndjson', 'csv', 'json', 'parquet', 'sqlite', 'postgres', 'command'] as const;

/** Where the rows of a resource are: one of these sources, and what belongs to it. Paths are relative to the incident file. */
export const rowsShape = {
  ndjson: path.optional().describe('An NDJSON file (plain, .gz, .zst).'),
  csv: path.optional().describe('A CSV file with a header row (plain, .gz, .zst).'),
  json: path
    .optional()
    .describe('A file that is one JSON object with a member a row; its rows are {key, value} (plain, .gz, .zst).'),
  members_of: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Names with dots between them that lead to the object in the JSON document; the document itself by default.',
    ),
  parquet: path.optional().describe('A Parquet file.'),
  sqlite: path.optional().describe('A SQLite database, with "table" or "query"; opened for reading only.'),
  table: z
    .string()
    .min(1)
    .optional()
    .describe('The table of the SQLite or PostgreSQL database; in PostgreSQL SCHEMA.TABLE too.'),
  postgres: z
    .strictObject({
      url: secretSchema.describe('Gives postgres://USER:PASSWORD@HOST:PORT/DATABASE.'),
      tls: tlsSchema.optional().describe('Encrypts the connection; what sslmode in the URL says by default.'),
    })
    .optional()
    .describe('A PostgreSQL database, with "table" or "query"; read in one transaction that can write nothing.'),
  query: z.string().min(1).optional().describe('One SELECT over the SQLite or PostgreSQL database.'),
  command: z
    .array(z.string(), { error: 'must be a list: the program and its arguments' })
    .min(1)
    .optional()
    .describe('A program and its arguments, started without a shell; it prints the rows.'),
  format: z
    .enum(['ndjson', 'csv'], { error: 'must be ndjson or csv' })
    .optional()
    .describe('What the command prints; csv by default.'),
  delimiter: z.string().length(1, 'must be one character').optional().describe('Between the fields of CSV.'),
  time_limit: z
    .string({ error: 'must be a duration such as 5m' })
    .refine((text) => parseDuration(text) !== null, 'must be a duration such as 5m')
    .optional()
    .describe('A command is killed, and reading from PostgreSQL given up, after this time; 10m by default.'),
};

export type RowsDocument = { readonly [Name in keyof typeof rowsShape]?: z.infer<(typeof rowsShape)[Name]> } & {
  readonly archive?: string | undefined;
  readonly kafka?: object | undefined;
};

/** Says what does not go together; `also` names sources that this resource has besides. */
export function checkRows(
  value: RowsDocument,
  context: { addIssue(issue: { code: 'custom'; path?: string[]; message: string }): void },
  also: readonly ('archive' | 'kafka')[] = [],
): void {
  const wrong = (message: string, ...at: string[]) => {
    context.addIssue({ code: 'custom', path: at, message });
  };
  const known = [...sources, ...also];
  const named = known.filter((name) => value[name] !== undefined);
  const [first, second] = named;
  if (first === undefined) wrong(`needs one of ${known.join(', ')}`);
  if (second !== undefined) wrong(`stands beside "${first ?? ''}": a resource comes from one of them`, second);
  if (value.sqlite !== undefined && (value.table === undefined) === (value.query === undefined)) {
    wrong('needs either "table" or "query"', 'sqlite');
  }
  if (value.table !== undefined && value.sqlite === undefined && value.postgres === undefined) {
    wrong('belongs to "sqlite" or "postgres"', 'table');
  }
  if (value.postgres !== undefined && (value.table === undefined) === (value.query === undefined)) {
    wrong('needs either "table" or "query"', 'postgres');
  }
  if (value.query !== undefined && value.sqlite === undefined && value.postgres === undefined) {
    wrong('belongs to "sqlite" or "postgres"', 'query');
  }
  if (value.members_of !== undefined && value.json === undefined) wrong('belongs to "json"', 'members_of');
  if (value.format !== undefined && value.command === undefined) wrong('belongs to "command"', 'format');
  if (value.time_limit !== undefined && value.command === undefined && value.postgres === undefined) {
    wrong('belongs to "command" or "postgres"', 'time_limit');
  }
  if (value.delimiter !== undefined && value.csv === undefined && value.command === undefined) {
    wrong('belongs to "csv" or a command', 'delimiter');
  }
}
