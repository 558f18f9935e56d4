import { asDiskRefusal } from '../../model/files/disk-refusal.js';
import { beginNewFile } from '../../model/files/new-file.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { rmSync } from 'node:fs';
import type { ExportTable } from '../export/export-table.js';
import type { RowSink } from '../export/row-sink.js';
import { openSqliteSink } from '../export/sqlite-sink.js';
import { openTextSink } from '../export/text-sink.js';
import type { ExportFormat } from '../export/write-export.js';
import type { KeyOfRun } from './key-of-run.js';
import { surveyKeys } from './survey-keys.js';

export interface KeysRequest {
  readonly table: ExportTable<KeyOfRun>;
  readonly format: ExportFormat;
  /** Must not exist; it appears when everything is in it. */
  readonly file: string;
}

/**
 * Writes all keys of a run into a new file, key by key, with live values beside the recovered ones.
 * @returns how many were written
 * @throws RecoveryError `file-exists`, `file-unavailable`, `disk-write-failed`, and what `surveyKeys` throws
 */
export async function writeKeys(
  store: string,
  runId: string,
  inputs: RecoveryInputs | null,
  { table, format, file }: KeysRequest,
): Promise<{ readonly rows: number }> {
  const target = beginNewFile(file);
  const open = (): RowSink<KeyOfRun> =>
    format === 'sqlite' ? openSqliteSink(target.draft, table) : openTextSink(target.draft, table, format);
  let sink: RowSink<KeyOfRun> | undefined;
  let rows = 0;
  try {
    sink = open();
    await surveyKeys(store, runId, inputs, {
      visit: (key) => {
        sink?.write(key);
        rows++;
      },
      restart: () => {
        sink?.close();
        rmSync(target.draft);
        sink = open();
        rows = 0;
      },
    });
    sink.finish();
    sink.close();
    target.publish();
    return { rows };
  } catch (error) {
    throw asDiskRefusal(error, file, 'make room and run the same command again; the file was not written');
  } finally {
    sink?.close();
    target.discard();
  }
}
