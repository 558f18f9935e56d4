import { setImmediate } from 'node:timers/promises';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { ExportTable } from './export-table.js';
import { beginNewFile } from '../../model/files/new-file.js';
import type { RowSink } from './row-sink.js';
import { openSqliteSink } from './sqlite-sink.js';
import { openTextSink } from './text-sink.js';

export type ExportFormat = 'ndjson' | 'csv' | 'sqlite';

export interface ExportRequest<Row> {
  readonly table: ExportTable<Row>;
  readonly rows: Iterable<Row>;
  readonly format: ExportFormat;
  /** Must not exist; it appears when everything is in it. */
  readonly file: string;
  /** Rows that are expected, for the progress; 0 where unknown. */
  readonly total?: number;
}

const rowsPerTurn = 5_000;

/**
 * Writes rows into a new file, row by row: memory does not follow their number.
 * @returns the number of rows written.
 * @throws RecoveryError `file-exists` when the file exists, `file-unavailable` when its folder does not,
 *   `missing-package` when a package is missing, `disk-write-failed` when the disk refuses, `interrupted` when it was
 *   stopped; the file is then not there.
 */
export async function writeExport<Row>(
  request: ExportRequest<Row>,
  work: LongWork = {},
): Promise<{ readonly rows: number }> {
  const { table, rows, format, file, total = 0 } = request;
  const target = beginNewFile(file);
  let sink: RowSink<Row> | undefined;
  try {
    sink = format === 'sqlite' ? openSqliteSink(target.draft, table) : openTextSink(target.draft, table, format);
    let written = 0;
    for (const row of rows) {
      sink.write(row);
      if (++written % rowsPerTurn !== 0) continue;
      work.onProgress?.({ phase: 'export', done: written, total, quarantined: 0 });
      await setImmediate();
      if (work.signal?.aborted === true) throw stopped(file);
    }
    sink.finish();
    sink.close();
    target.publish();
    return { rows: written };
  } catch (error) {
    throw asDiskRefusal(error, file, 'make room and run the same command again; the file was not written');
  } finally {
    sink?.close();
    target.discard();
  }
}

function stopped(file: string): RecoveryError {
  return new RecoveryError('interrupted', `the export was stopped; ${file} was not written`, {
    hint: 'run the same command again',
  });
}
