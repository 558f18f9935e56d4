import { createHash } from 'node:crypto';
import { RecoveryError } from '../errors/recovery-error.js';
import { canonicalJson } from '../json/canonical-json.js';
import { describeRowPlace, type RowBatch, type RowReader } from '../records/row-source.js';
import type { RowStream } from '../records/row-stream.js';
import { ledgerReader, outputReader, risingReader, type RecordReader } from './compile-record-mapping.js';
import { judgeRecordOrder } from './judge-record-order.js';
import type { ProcessedLedger } from './processed-ledger.js';
import type { LedgerMapping, OutputMapping } from './record-mapping.js';
import type {
  RecordedDescription,
  RecordedEventRef,
  RecordedOutput,
  RecordedOutputs,
  RecordOrder,
} from './recorded-outputs.js';

/** What the user says of records besides their mapping. */
export interface RecordSettings {
  readonly order: RecordOrder;
  /** From when on, and up to when, everything was kept; null where not known. */
  readonly from: number | null;
  readonly until: number | null;
}

/** So many of the first records are held against the stated order. */
const judgedRecords = 100_000;

/**
 * The outputs of a service from rows.
 * @throws RecoveryError EM1002 when the mapping contradicts itself.
 */
export function openRecordedOutputs(
  rows: RowStream,
  mapping: OutputMapping,
  settings: RecordSettings,
): RecordedOutputs {
  const read = outputReader(mapping);
  return openRecords<RecordedOutput>(rows, () => read, mapping, settings);
}

/**
 * The list of processed events of a service from rows.
 * @throws RecoveryError EM1002 when the mapping contradicts itself.
 */
export function openProcessedLedger(
  rows: RowStream,
  mapping: LedgerMapping,
  settings: RecordSettings,
): ProcessedLedger {
  const read = ledgerReader(mapping);
  const { rising } = mapping;
  return openRecords(rows, () => (rising === undefined ? read : whileRising(read, rising)), mapping, settings);
}

function openRecords<Row extends { readonly event: RecordedEventRef | null }>(
  rows: RowStream,
  newReader: () => RecordReader<Row>,
  mapping: OutputMapping | LedgerMapping,
  settings: RecordSettings,
) {
  const open = new Set<RowReader>();
  let description: Promise<RecordedDescription> | null = null;

  async function* read(): AsyncGenerator<readonly Row[]> {
    const map = newReader();
    const source = rows.open();
    open.add(source);
    let seq = 0;
    try {
      for (;;) {
        const arriving = source.next();
        const batch = arriving instanceof Promise ? await arriving : arriving;
        if (batch === null) return;
        yield mapBatch(batch, map, seq);
        seq += batch.count;
      }
    } finally {
      open.delete(source);
      source.close();
    }
  }

  async function describe(): Promise<RecordedDescription> {
    const content = await rows.digest();
    const meaning = canonicalJson({ mapping, ...settings });
    const digest = content === null ? null : createHash('sha256').update(`${content}\n${meaning}`).digest('hex');
    const { order, objection } = judgeRecordOrder(settings.order, await firstEvents(read()));
    return { location: rows.location, order, objection, digest, from: settings.from, until: settings.until };
  }

  return {
    describe: () => (description ??= describe()),
    read,
    close() {
      for (const source of open) source.close();
    },
  };
}

function mapBatch<Row>(batch: RowBatch, map: RecordReader<Row>, before: number): readonly Row[] {
  const mapped = new Array<Row>(batch.count);
  for (let i = 0; i < batch.count; i++) mapped[i] = map(batch.values[i], before + i, () => batch.place(i));
  return mapped;
}

async function firstEvents(
  batches: AsyncIterable<readonly { readonly event: RecordedEventRef | null }[]>,
): Promise<readonly (RecordedEventRef | null)[]> {
  const events: (RecordedEventRef | null)[] = [];
  for await (const batch of batches) {
    for (const { event } of batch) events.push(event);
    if (events.length >= judgedRecords) break;
  }
  return events;
}

/** The same reader, which stops at the first row that stands before the one in front of it. */
function whileRising<Row>(read: RecordReader<Row>, name: string): RecordReader<Row> {
  const order = risingReader(name);
  let highest = -Infinity;
  return (row, seq, place) => {
    const at = order(row, place);
    if (at < highest) {
      throw new RecoveryError(
        'EM5004',
        `${describeRowPlace(place())}: ${JSON.stringify(name)} falls here, so the rows do not stand in the order of handling`,
        {
          hint: 'sort them first (a query with ORDER BY, or sort), or say order: unknown',
          details: { ...place(), column: name },
        },
      );
    }
    highest = at;
    return read(row, seq, place);
  };
}
