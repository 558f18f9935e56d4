import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { ColumnReference, TimeMapping } from '../rows/event-mapping.js';
import { knownZone } from '../rows/compile-mapping.js';
import { parseTime } from '../rows/parse-time.js';
import { badColumn, column, readColumn, type Column } from '../rows/read-column.js';
import { readOffset, readText, readTime } from '../rows/read-field.js';
import type { RowPlace } from '../rows/row-source.js';
import { rowValueReader } from '../rows/row-value.js';
import type { LedgerEntry } from '../../model/records/processed-ledger.js';
import type { EventReferenceMapping, FieldSource, LedgerMapping, OutputMapping } from './record-mapping.js';
import type { RecordedEventRef, RecordedOutput } from '../../model/records/recorded-outputs.js';

type Place = () => RowPlace;
type Reader<Value> = (row: unknown, place: Place, timeColumns?: ReadonlySet<string>) => Value;

/**
 * Makes a record of a row; `seq` is its place among all, `timeColumns` what its batch says.
 * @throws RecoveryError `invalid-field` with the row's place
 */
export type RecordReader<Row> = (row: unknown, seq: number, place: Place, timeColumns?: ReadonlySet<string>) => Row;

/** @throws RecoveryError `invalid-configuration` when the mapping contradicts itself. */
export function outputReader(mapping: OutputMapping): RecordReader<RecordedOutput> {
  const output = nameReader(mapping.output, 'the name of an output');
  const key = textReader(mapping.key);
  const value = rowValueReader(mapping.value);
  const event = eventReader(mapping.event ?? null);
  const eventId = idReader(mapping.eventId);
  const businessId = idReader(mapping.id);
  const time = timeReader(mapping.time ?? null);
  return (row, seq, place, timeColumns) => ({
    seq,
    output: output(row, place),
    key: key(row, place),
    value: value(row, place) ?? null,
    event: event(row, place),
    eventId: eventId(row, place),
    businessId: businessId(row, place),
    time: time(row, place, timeColumns),
  });
}

/** @throws RecoveryError `invalid-configuration` when the mapping says neither event nor event id. */
export function ledgerReader(mapping: LedgerMapping): RecordReader<LedgerEntry> {
  if ((mapping.event ?? null) === null && (mapping.eventId ?? null) === null) {
    throw new RecoveryError(
      'invalid-configuration',
      'mapping: a ledger names its events by event (offsets) or by event_id',
      { hint: 'add event: {topic, partition, offset} or event_id: COLUMN to the mapping of live.ledger' },
    );
  }
  const event = eventReader(mapping.event ?? null);
  const eventId = idReader(mapping.eventId);
  const time = timeReader(mapping.time ?? null);
  return (row, seq, place, timeColumns) => ({
    seq,
    event: event(row, place),
    eventId: eventId(row, place),
    time: time(row, place, timeColumns),
  });
}

/**
 * Where a row stands in the order of handling: a number, or a time in ISO 8601 form.
 * @throws RecoveryError `invalid-field`
 */
export function risingReader(name: string): Reader<number> {
  const from = column(name);
  return (row, place) => {
    const value = readColumn(from, row, place);
    const number = typeof value === 'string' && /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    const time = parseTime(value, null);
    if (time !== undefined && !Number.isNaN(time)) return time;
    throw badColumn(name, 'a number or a time in ISO 8601 form, which gives the order', value, place());
  };
}

function nameReader(given: FieldSource<string>, what: string): Reader<string> {
  if ('constant' in given) return () => given.constant;
  const from = column(given);
  return (row, place) => {
    const value = readColumn(from, row, place);
    if (typeof value === 'string' && value !== '') return value;
    throw badColumn(from.name, what, value, place());
  };
}

function textReader(reference: ColumnReference | null | undefined): Reader<string | null> {
  if (reference === null || reference === undefined) return () => null;
  const from = column(reference);
  return (row, place) => readText(from, row, place);
}

/** Empty text is no id. */
function idReader(reference: ColumnReference | null | undefined): Reader<string | null> {
  const read = textReader(reference);
  return (row, place) => {
    const id = read(row, place);
    return id === '' ? null : id;
  };
}

function timeReader(mapping: TimeMapping | null): Reader<number | null> {
  if (mapping === null) return () => null;
  const from = column(mapping);
  const unit = mapping.unit ?? null;
  const zone = knownZone(mapping.zone);
  return (row, place, timeColumns) => {
    const time = readTime(from, unit, row, place, zone, timeColumns);
    return Number.isNaN(time) ? null : time;
  };
}

function eventReader(mapping: EventReferenceMapping | null): Reader<RecordedEventRef | null> {
  if (mapping === null) return () => null;
  const topic = topicReader(mapping.topic);
  const partition = partitionReader(mapping.partition);
  const offset = column(mapping.offset);
  return (row, place) => {
    const name = topic(row, place);
    const number = partition(row, place);
    if (name === null || number === null || isNothing(readColumn(offset, row, place))) return null;
    return { topic: name, partition: number, offset: readOffset(offset, row, place) };
  };
}

function topicReader(given: FieldSource<string>): Reader<string | null> {
  if ('constant' in given) return () => given.constant;
  const from = column(given);
  return (row, place) => {
    const value = readColumn(from, row, place);
    if (isNothing(value)) return null;
    if (typeof value === 'string') return value;
    throw badColumn(from.name, 'the name of a topic', value, place());
  };
}

function partitionReader(given: FieldSource<number>): Reader<number | null> {
  if ('constant' in given) return () => given.constant;
  const from: Column = column(given);
  return (row, place) => {
    const value = readColumn(from, row, place);
    if (isNothing(value)) return null;
    const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < 2 ** 31) return number;
    throw badColumn(from.name, 'the number of a partition', value, place());
  };
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
