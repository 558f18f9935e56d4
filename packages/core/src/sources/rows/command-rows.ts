import { readCsv } from './csv-rows.js';
import { openCommandChunks } from './command-chunks.js';
import { readNdjson } from './ndjson-rows.js';
import type { CommandInput } from './row-input.js';
import { startOfRows } from './row-source.js';
import type { RowStream } from './row-stream.js';

/** Rows that a command prints. Each reading starts it anew. Messages name the program, never its arguments. */
export function commandRows(input: CommandInput): RowStream {
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
