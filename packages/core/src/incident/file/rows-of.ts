import { basename } from 'node:path';
import type { ColumnReference, TimeMapping } from '../../sources/rows/event-mapping.js';
import type { NumberForm } from '../../sources/rows/inexact-rows.js';
import type { RowInput } from '../../sources/rows/row-input.js';
import type { RowValueMapping } from '../../sources/rows/row-value.js';
import { detectRowFormat } from '../../sources/rows/detect-row-format.js';
import { quoteTable } from '../../sources/tables/table-names.js';
import { parseDuration } from './duration.js';
import { kafkaOf, secretOf, tlsOf } from './kafka-of.js';
import type { KafkaDocument } from './kafka-schema.js';
import type { RowsConfig } from './live-resources.js';
import type { Paths } from './paths.js';
import type { ReferenceDocument, TimeDocument } from './records-schema.js';
import type { RowsDocument } from './rows-schema.js';
import type { RowValueDocument, WholeRowDocument } from './row-value-schema.js';

/** Where the rows of a checked document are. */
export function rowInputOf(document: RowsDocument, paths: Paths): RowInput {
  const { at, folder } = paths;
  const { delimiter, command, format, postgres, query = '' } = document;
  const limit = document.time_limit === undefined ? null : parseDuration(document.time_limit);
  const timeLimit = limit === null ? {} : { timeLimitMs: limit };
  const between = delimiter === undefined ? {} : { delimiter };
  if (document.csv !== undefined) return { kind: 'file', file: at(document.csv), format: 'csv', ...between };
  if (document.json !== undefined) {
    return { kind: 'members', file: at(document.json), path: document.members_of?.split('.') ?? [] };
  }
  if (document.parquet !== undefined) return { kind: 'file', file: at(document.parquet), format: 'parquet' };
  if (document.sqlite !== undefined) {
    const { table } = document;
    return { kind: 'sqlite', file: at(document.sqlite), from: table === undefined ? { query } : { table } };
  }
  if (postgres !== undefined) {
    const { url, tls } = postgres;
    const encryption = tls === undefined ? {} : { tls: tlsOf(tls, paths) };
    const { table } = document;
    const from = table === undefined ? { query } : { query: `SELECT * FROM ${quoteTable(table)}`, table };
    return { kind: 'postgres', url: secretOf(url, paths), ...encryption, ...from, ...timeLimit };
  }
  if (command !== undefined) {
    return { kind: 'command', command, format: format ?? 'csv', ...between, folder, ...timeLimit };
  }
  return { kind: 'file', file: at(document.ndjson ?? ''), format: 'ndjson' };
}

/** The same where the log of an output topic will do too. */
export function rowsConfigFrom(
  document: RowsDocument & {
    readonly topics?: readonly string[] | undefined;
    readonly kafka?: KafkaDocument | undefined;
  },
  paths: Paths,
): RowsConfig {
  if (document.kafka !== undefined) return { kind: 'kafka', log: kafkaOf(document.kafka, [], paths) };
  if (document.archive === undefined) return rowInputOf(document, paths);
  return { kind: 'archive', file: paths.at(document.archive), topics: document.topics ?? null };
}

/** A file that is named alone: what it is, its ending says; NDJSON where it says nothing. */
export function fileAlone(path: string, { at }: Paths): RowInput {
  return { kind: 'file', file: at(path), format: detectRowFormat(path).format ?? 'ndjson' };
}

export function rowValueOf(
  value: RowValueDocument | undefined,
  { types = {}, drop = [], numbers }: WholeRowDocument,
): RowValueMapping {
  if (value === undefined || value === 'row') {
    return {
      form: 'row',
      types: Object.fromEntries(
        Object.entries(types).map(([name, typing]) => [
          name,
          typeof typing === 'string' ? { type: typing } : defined(typing),
        ]),
      ),
      drop,
      ...numbersOf({ numbers }),
    };
  }
  if ('column' in value) return { form: 'column', ...defined(value), ...numbersOf({ numbers }) };
  const { columns } = value;
  if (Array.isArray(columns)) {
    return {
      form: 'columns',
      columns: columns.map((column) => ({ field: column, column })),
      ...numbersOf({ numbers }),
    };
  }
  return {
    form: 'columns',
    columns: Object.entries(columns).map(([field, given]) =>
      typeof given === 'string' ? { field, column: given } : { field, ...defined(given) },
    ),
    ...numbersOf({ numbers }),
  };
}

/** What a mapping says of numbers that a double cannot give back, where it says something. */
export function numbersOf(document: { readonly numbers?: NumberForm | undefined } | undefined): {
  readonly numbers?: NumberForm;
} {
  return document?.numbers === undefined ? {} : { numbers: document.numbers };
}

export function referenceOf(reference: ReferenceDocument): ColumnReference {
  return typeof reference === 'string' ? reference : defined(reference);
}

export function timeMappingOf(time: TimeDocument): TimeMapping {
  return typeof time === 'string' ? { column: time } : defined(time);
}

/** What a resource is called that was given no name. */
export function nameOfRows(rows: RowInput): string {
  if (rows.kind === 'postgres') return 'postgres';
  return basename(rows.kind === 'command' ? (rows.command[0] ?? 'command') : rows.file);
}

/** The same without the properties that are undefined. */
type Defined<Value> = { [Name in keyof Value]: Exclude<Value[Name], undefined> };

export function defined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<Value>;
}
