import { refuseInexact, rowForMapping, type NumberForm } from '../rows/inexact-rows.js';
import { createHash } from 'node:crypto';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { assertColumns } from '../rows/assert-columns.js';
import { describeRowPlace, type RowBatch } from '../rows/row-source.js';
import { ledgerReader, outputReader, risingReader, type RecordReader } from './compile-record-mapping.js';
import { judgeRecordOrder } from './judge-record-order.js';
import type { ProcessedLedger } from '../../model/records/processed-ledger.js';
import type { LedgerMapping, OutputMapping } from './record-mapping.js';
import { openRecordRows, type RecordInput, type RecordRows } from './record-rows.js';
import type {
  RecordedDescription,
  RecordedEventRef,
  RecordedOutput,
  RecordedOutputs,
  RecordOrder,
} from '../../model/records/recorded-outputs.js';

/** What the user says of records besides their mapping. */
export interface RecordSettings {
  /** Null where nobody says: the order of handling for rows and for logs with one partition, unknown for other logs. */
  readonly order: RecordOrder | null;
  /** From when on, and up to when, everything was kept; null where not known. */
  readonly from: number | null;
  readonly until: number | null;
}

/** What the modules of the locators take: plain JSON. */
export interface RecordLocation<Mapping> {
  readonly input: RecordInput;
  readonly mapping: Mapping;
  readonly settings: RecordSettings;
}

/** So many of the first records are held against the stated order. */
const judgedRecords = 100_000;

/**
 * The outputs of a service from rows or a log. They are opened when somebody asks for them: a record that is missing
 * must not keep a command from its work that never looks at it.
 * @throws RecoveryError `invalid-configuration` when the mapping contradicts itself; where the source is opened, what
 *   opening it throws.
 */
export function openRecordedOutputs(
  input: RecordInput,
  mapping: OutputMapping,
  settings: RecordSettings,
): RecordedOutputs {
  const read = outputReader(mapping);
  const location: RecordLocation<OutputMapping> = { input, mapping, settings };
  const module = new URL('./recorded-outputs-module.js', import.meta.url).href;
  return openRecords<RecordedOutput>(() => read, location, module);
}

/**
 * The list of processed events of a service from rows or a log; opened when somebody asks for it.
 * @throws RecoveryError `invalid-configuration` when the mapping contradicts itself; where the source is opened, what
 *   opening it throws.
 */
export function openProcessedLedger(
  input: RecordInput,
  mapping: LedgerMapping,
  settings: RecordSettings,
): ProcessedLedger {
  const read = ledgerReader(mapping);
  const { rising } = mapping;
  const location: RecordLocation<LedgerMapping> = { input, mapping, settings };
  const module = new URL('./processed-ledger-module.js', import.meta.url).href;
  return openRecords(() => (rising === undefined ? read : whileRising(read, rising)), location, module);
}

function openRecords<Row extends { readonly event: RecordedEventRef | null }>(
  newReader: () => RecordReader<Row>,
  location: RecordLocation<OutputMapping | LedgerMapping>,
  module: string,
) {
  const { input, mapping, settings } = location;
  let opened: Promise<RecordRows> | null = null;
  let description: Promise<RecordedDescription> | null = null;
  const rowsOf = (): Promise<RecordRows> => (opened ??= openRecordRows(input));

  async function* read(): AsyncGenerator<readonly Row[]> {
    const map = newReader();
    const reader = (await rowsOf()).rows.open();
    let seq = 0;
    try {
      for (;;) {
        const arriving = reader.next();
        const batch = arriving instanceof Promise ? await arriving : arriving;
        if (batch === null) {
          if (seq === 0)
            assertColumns((await rowsOf()).rows.location, reader, (row, place) => newReader()(row, 0, place));
          return;
        }
        yield mapBatch(batch, map, seq, mapping.numbers);
        seq += batch.count;
      }
    } finally {
      reader.close();
    }
  }

  async function describe(): Promise<RecordedDescription> {
    const { rows, order: natural } = await rowsOf();
    const content = await rows.digest();
    const meaning = canonicalJson({ mapping, settings });
    const digest = content === null ? null : createHash('sha256').update(`${content}\n${meaning}`).digest('hex');
    const stated = settings.order ?? natural;
    const { order, objection } = judgeRecordOrder(stated, await firstEvents(read()));
    return { location: rows.location, order, objection, digest, from: settings.from, until: settings.until };
  }

  return {
    describe: () => (description ??= describe()),
    read,
    locator: { module, options: location },
    close() {
      opened?.then(
        (rows) => {
          rows.close();
        },
        () => undefined, // whoever asked for the records was told
      );
    },
  };
}

function mapBatch<Row>(
  batch: RowBatch,
  map: RecordReader<Row>,
  before: number,
  numbers: NumberForm | undefined,
): readonly Row[] {
  const mapped = new Array<Row>(batch.count);
  for (let i = 0; i < batch.count; i++) {
    mapped[i] = map(rowForMapping(batch, i, numbers), before + i, () => batch.place(i), batch.timeColumns);
    refuseInexact(mapped[i], batch, i);
  }
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
  return (row, seq, place, timeColumns) => {
    const at = order(row, place);
    if (at < highest) {
      throw new RecoveryError(
        'records-out-of-order',
        `${describeRowPlace(place())}: ${JSON.stringify(name)} falls here, so the rows do not stand in the order of handling`,
        {
          hint: 'sort them first (a query with ORDER BY, or sort), or say order: unknown',
          details: { ...place(), column: name },
        },
      );
    }
    highest = at;
    return read(row, seq, place, timeColumns);
  };
}
