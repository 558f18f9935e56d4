import { RecoveryError } from '@eventmend/core';
import type { ExportFormat } from '@eventmend/core/engine';

const endings: readonly (readonly [RegExp, ExportFormat])[] = [
  [/\.(?:ndjson|jsonl)$/i, 'ndjson'],
  [/\.csv$/i, 'csv'],
  [/\.(?:sqlite3?|db)$/i, 'sqlite'],
];

/**
 * The format of an export by the ending of its file.
 * @throws RecoveryError `invalid-argument` where that tells nothing
 */
export function formatOfFile(file: string): ExportFormat {
  const found = endings.find(([ending]) => ending.test(file));
  if (found !== undefined) return found[1];
  throw new RecoveryError('invalid-argument', `the format of ${file} does not show in its name`, {
    hint: 'add --format ndjson, csv or sqlite',
  });
}
