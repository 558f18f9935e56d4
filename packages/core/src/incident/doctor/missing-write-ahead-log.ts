import { existsSync } from 'node:fs';
import { lacksWriteAheadLog } from '../../sources/rows/open-sqlite-input.js';
import type { Incident } from '../file/incident.js';
import type { RowsConfig } from '../file/live-resources.js';
import type { Remark } from './finding.js';

/** A copy of the one file of such a database lacks the newest rows, and then every comparison accuses the service of that. */
export function missingWriteAheadLog(key: string, rows: RowsConfig): readonly Remark[] {
  if (rows.kind !== 'sqlite' || !existsSync(rows.file) || !lacksWriteAheadLog(rows.file)) return [];
  return [{ severity: 'doubt', key, kind: 'no-write-ahead-log' }];
}

/** Of all that is held against what the service should have done. */
export function missingWriteAheadLogs({ live }: Pick<Incident, 'live'>): readonly Remark[] {
  const { state, outputs, ledger } = live;
  return [
    ...(state?.kind === 'rows' ? missingWriteAheadLog('live.state', state.rows) : []),
    ...(outputs === null ? [] : missingWriteAheadLog('live.outputs', outputs.rows)),
    ...(ledger === null ? [] : missingWriteAheadLog('live.ledger', ledger.rows)),
  ];
}
