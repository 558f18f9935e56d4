import type { ExternalRecord } from '../../model/records/external-record.js';
import { assertColumns } from '../rows/assert-columns.js';
import { openRowStream } from '../rows/open-row-stream.js';
import { previewRows, type RowsPreview } from '../rows/preview-rows.js';
import type { RowInput } from '../rows/row-input.js';
import type { RowBatch, RowPlace } from '../rows/row-source.js';
import type { RowStream } from '../rows/row-stream.js';
import { eventMaker, type RecordEvent } from './compile-event-template.js';
import { externalReader } from './compile-external-mapping.js';
import type { EventTemplate } from './event-template.js';
import type { ExternalMapping } from './external-mapping.js';

/** Records of another system, to be read as often as somebody asks. */
export interface ExternalRecords {
  /** Where they are, for people. Never holds secrets. */
  readonly location: string;
  /** @throws RecoveryError `invalid-field` for the first row that is not what the mapping says */
  read(): AsyncIterable<readonly ExternalRecord[]>;
}

/**
 * Opens the records of another system; nothing is read yet.
 * @throws RecoveryError `invalid-configuration` when the mapping contradicts itself; what opening the rows throws
 */
export async function openExternalRecords(input: RowInput, mapping: ExternalMapping): Promise<ExternalRecords> {
  const map = externalReader(mapping);
  const rows = await openRowStream(input);
  return {
    location: rows.location,
    async *read() {
      for await (const { records } of recordBatches(rows, map)) yield records;
    },
  };
}

/** A record with the event that its row becomes. */
export interface RecordWithEvent {
  readonly record: ExternalRecord;
  readonly event: RecordEvent;
  readonly place: RowPlace;
}

/**
 * Reads the rows once, and makes the events of those that are wanted.
 * @throws RecoveryError `invalid-configuration` when mapping or template contradict themselves; `invalid-field` for the first
 *   row that is not what the mapping says, or of those that are wanted, the template; what opening the rows throws
 */
export async function* readRecordEvents(
  input: RowInput,
  mapping: ExternalMapping,
  template: EventTemplate,
  isWanted: (record: ExternalRecord) => boolean,
): AsyncGenerator<readonly RecordWithEvent[]> {
  const map = externalReader(mapping);
  const make = eventMaker(template);
  for await (const { records, batch } of recordBatches(await openRowStream(input), map)) {
    const made: RecordWithEvent[] = [];
    records.forEach((record, index) => {
      if (isWanted(record)) made.push({ record, event: make(batch, index, record), place: batch.place(index) });
    });
    yield made;
  }
}

async function* recordBatches(
  rows: RowStream,
  map: ReturnType<typeof externalReader>,
): AsyncGenerator<{ readonly records: readonly ExternalRecord[]; readonly batch: RowBatch }> {
  const reader = rows.open();
  let seq = 0;
  try {
    for (;;) {
      const arriving = reader.next();
      const batch = arriving instanceof Promise ? await arriving : arriving;
      if (batch === null) break;
      const records = new Array<ExternalRecord>(batch.count);
      for (let i = 0; i < batch.count; i++) {
        records[i] = map(batch.values[i], seq + i, () => batch.place(i), batch.timeColumns);
      }
      seq += batch.count;
      yield { records, batch };
    }
    if (seq === 0) assertColumns(rows.location, reader, (row, place) => map(row, 0, place));
  } finally {
    reader.close();
  }
}

/**
 * How the first rows become records.
 * @throws RecoveryError when the rows cannot be opened, or `invalid-configuration`
 */
export async function previewExternalRecords(
  input: RowInput,
  mapping: ExternalMapping,
  limit: number,
): Promise<RowsPreview<ExternalRecord>> {
  const map = externalReader(mapping);
  let seq = 0;
  return previewRows(
    await openRowStream(input),
    (row, place, timeColumns) => map(row, seq++, place, timeColumns),
    limit,
  );
}

/** Records that stand in memory, for programs and tests. */
export function memoryExternalRecords(records: readonly ExternalRecord[], location = 'memory'): ExternalRecords {
  return {
    location,
    async *read() {
      await Promise.resolve();
      yield records;
    },
  };
}
