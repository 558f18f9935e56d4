import { openRowStream } from '../rows/open-row-stream.js';
import type { NumberForm } from '../rows/inexact-rows.js';
import { previewRows, type RowsPreview } from '../rows/preview-rows.js';
import { stateReader } from '../snapshots/rows/read-states.js';
import type { RowSnapshot } from '../snapshots/rows/row-snapshot.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import { ledgerReader, outputReader, type RecordReader } from './compile-record-mapping.js';
import type { LedgerEntry } from '../../model/records/processed-ledger.js';
import type { LedgerMapping, OutputMapping } from './record-mapping.js';
import { openRecordRows, type RecordInput } from './record-rows.js';
import type { RecordedOutput } from '../../model/records/recorded-outputs.js';

/**
 * How the first rows become keys and states.
 * @throws RecoveryError when the rows cannot be opened, or `invalid-configuration`.
 */
export async function previewStates(
  { rows, mapping }: Pick<RowSnapshot, 'rows' | 'mapping'>,
  limit: number,
): Promise<RowsPreview<SnapshotRow>> {
  return previewRows(await openRowStream(rows), stateReader(mapping), limit, mapping.numbers);
}

/**
 * How the first rows become recorded outputs.
 * @throws RecoveryError when the rows cannot be opened, or `invalid-configuration`.
 */
export function previewOutputs(
  input: RecordInput,
  mapping: OutputMapping,
  limit: number,
): Promise<RowsPreview<RecordedOutput>> {
  return previewRecords(input, outputReader(mapping), limit, mapping.numbers);
}

/**
 * How the first rows name processed events.
 * @throws RecoveryError when the rows cannot be opened, or `invalid-configuration`.
 */
export function previewLedger(
  input: RecordInput,
  mapping: LedgerMapping,
  limit: number,
): Promise<RowsPreview<LedgerEntry>> {
  return previewRecords(input, ledgerReader(mapping), limit, mapping.numbers);
}

async function previewRecords<Row>(
  input: RecordInput,
  read: RecordReader<Row>,
  limit: number,
  numbers: NumberForm | undefined,
): Promise<RowsPreview<Row>> {
  const { rows, close } = await openRecordRows(input);
  let seq = 0;
  try {
    return await previewRows(rows, (row, place, timeColumns) => read(row, seq++, place, timeColumns), limit, numbers);
  } finally {
    close();
  }
}
