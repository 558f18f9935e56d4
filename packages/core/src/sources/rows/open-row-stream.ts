import { readJsonMembers } from './json-member-rows.js';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { openRows } from './open-rows.js';
import type { FileInput, RowInput, CommandInput } from './row-input.js';
import type { RowStream } from './row-stream.js';
import { postgresRows } from './postgres/postgres-rows.js';
import { sqliteRows } from './sqlite-rows.js';
import { readCsv } from './csv-rows.js';
import { openCommandChunks } from './command-chunks.js';
import { readNdjson } from './ndjson-rows.js';
import { startOfRows } from './row-source.js';

/**
 * Opens the rows of an input; nothing is read yet, and no command started.
 * @throws RecoveryError `file-unavailable` for a missing file, `missing-package` for a missing package,
 *   `unreadable-database` for a database or query that cannot be used, `secret-unavailable` or `invalid-configuration` for
 *   the URL of one.
 */
export async function openRowStream(input: RowInput): Promise<RowStream> {
  switch (input.kind) {
    case 'file':
      return fileRows(input);
    case 'members':
      return {
        location: input.file,
        open: () => readJsonMembers(input.file, input.path),
        digest: () => digestOfFile(input.file),
      };
    case 'sqlite':
      return sqliteRows(input);
    case 'postgres':
      return postgresRows(input);
    case 'command':
      return commandRows(input);
  }
}

async function fileRows({ file, format, delimiter }: FileInput): Promise<RowStream> {
  const source = await openRows(file, { format, ...(delimiter !== undefined && { delimiter }) });
  return {
    location: file,
    open: () => source.open(),
    digest: () => digestOfFile(file),
  };
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Rows that a command prints. Each reading starts it anew. Messages name the program, never its arguments. */
function commandRows(input: CommandInput): RowStream {
  const location = `command ${input.command[0] ?? ''}`;
  return {
    location,
    open() {
      const chunks = openCommandChunks(input);
      if (input.format === 'ndjson') return readNdjson(location, chunks, startOfRows);
      return readCsv(
        location,
        chunks,
        input.delimiter === undefined ? {} : { delimiter: input.delimiter },
        startOfRows,
      );
    },
    digest: () => Promise.resolve(null),
  };
}
