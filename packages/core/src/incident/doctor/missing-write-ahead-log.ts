import { existsSync } from 'node:fs';
import { lacksWriteAheadLog } from '../../sources/rows/open-sqlite-input.js';
import type { RowsConfig } from '../file/live-resources.js';
import type { Remark } from './finding.js';

/** A copy of the one file of such a database lacks the newest rows, and then every comparison accuses the service of that. */
export function missingWriteAheadLog(key: string, rows: RowsConfig): readonly Remark[] {
  if (rows.kind !== 'sqlite' || !existsSync(rows.file) || !lacksWriteAheadLog(rows.file)) return [];
  return [{ severity: 'doubt', key, kind: 'no-write-ahead-log' }];
}
