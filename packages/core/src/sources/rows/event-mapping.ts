import type { KeptDigits } from '../../model/json/keep-digits.js';
import type { EventHeaders } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { NumberForm } from './inexact-rows.js';

/** A column of a row by its name, or by a dotted path into nested values where no column has that very name. */
export type ColumnName = string;

/** A column that a row may lack; without `optional` a row that lacks it is an error. */
export type ColumnReference = ColumnName | { readonly column: ColumnName; readonly optional?: boolean };

/**
 * How rows become events: data that a person can review, as it stands in an incident file. Either the columns are named
 * one by one, or each row is an event in the form that `archive export` writes (`form: 'envelope'`).
 */
export type EventMapping = ColumnMapping | EnvelopeMapping;

export interface ColumnMapping {
  readonly form?: 'columns';
  /** Name of the original log: part of every event's identity, the same wherever its events are read from. */
  readonly source: string;
  /** The name of the topic, or the column that holds it. */
  readonly topic: string | { readonly column: ColumnName };
  /** Tells a topic from a later one of the same name; '' by default. */
  readonly incarnation?: string;
  readonly partition: PartitionMapping;
  readonly offset: OffsetMapping;
  /** Null (or left out) for events without keys. Numbers and booleans become their JSON text. */
  readonly key?: ColumnReference | null;
  /** Null (or left out) for events without times. */
  readonly time?: TimeMapping | null;
  /** A business id of the event, for deduplication within a window. */
  readonly id?: ColumnReference | null;
  /** A column with an object of names and texts, or with a list of name and text pairs. */
  readonly headers?: ColumnReference | null;
  /**
   * Adds the number of the row, counted from 0 over all rows of the input in order, to the value as a field of this name;
   * the explicit order of a file whose times do not tell one.
   */
  readonly rowNumber?: string;
  /** What the event's value is: the whole row (the default), one column, or an object of some columns. */
  readonly value?: 'row' | { readonly column: ColumnName } | { readonly columns: readonly ColumnReference[] };
  /** What becomes of numbers that a double cannot give back, in columns and in the value; `exact` by default. */
  readonly numbers?: NumberForm;
}

type PartitionMapping =
  /** A column with whole numbers from 0. */
  | { readonly column: ColumnName }
  /**
   * Computed from a column's text as Kafka's default partitioner does it for UTF-8 keys (murmur2 modulo the number of
   * partitions). Null gives partition 0.
   */
  | { readonly hash: ColumnName; readonly count: number }
  | { readonly constant: number };

type OffsetMapping =
  /** A column with whole numbers from 0 (as numbers or texts), rising in each partition. */
  | { readonly column: ColumnName }
  /** Numbered from 0 in each partition in the order of the rows: the input is then the log, and the order is fixed by it. */
  | 'assigned';

export interface TimeMapping {
  readonly column: ColumnName;
  /**
   * What numbers mean. Without it the column must hold ISO 8601 text, which is recognised with any unit; a time without a
   * zone is UTC. Empty text and null are a missing time.
   */
  readonly unit?: TimeUnit;
  /** The zone of times that name none, such as `Europe/Berlin`; UTC by default. */
  readonly zone?: string;
  readonly optional?: boolean;
}

export type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';

/**
 * Rows that are whole events: `{source?, topic, incarnation?, partition, offset, timestamp, timestampType?, key, headers,
 * value}`. `offset` is a text (a number is understood too), `timestamp` milliseconds or null. A `value` of null is a
 * tombstone; bytes that are not JSON, or are the JSON text `null`, stand in `valueBase64` instead, and a key that is not
 * UTF-8 in `keyBase64`.
 */
export interface EnvelopeMapping {
  readonly form: 'envelope';
  /** For rows that name no source. Without it every row must name one. */
  readonly source?: string;
  /** What becomes of numbers in the value that a double cannot give back; `exact` by default. */
  readonly numbers?: NumberForm;
}

/** One event as a mapping makes it of a row. */
export interface MappedEvent extends PartitionId {
  readonly offset: number;
  /** Milliseconds since 1970; NaN where the event has none. */
  readonly time: number;
  readonly timeType: MappedTimeType | null;
  readonly key: string | null;
  /** Only for keys that are not UTF-8, where `key` is null. */
  readonly keyBytes: Uint8Array | null;
  readonly headers: EventHeaders | null;
  readonly id: string | null;
  /**
   * `json`: `value` is the parsed value, and `valueText` its exact original text where there is one (else null: use
   * `mappedValueText`). `bytes`: `valueBytes` holds what is not known to be JSON. `none`: a tombstone.
   */
  readonly valueKind: 'json' | 'bytes' | 'none';
  readonly value: unknown;
  readonly valueText: string | null;
  readonly valueBytes: Uint8Array | null;
  /**
   * Where the value holds a number that a double cannot give back: its form with texts for them, which is `value` itself
   * under `numbers: text`. Else `value` cannot be used: an `InexactNumber` stands in it.
   */
  readonly inexact?: KeptDigits;
}

export type MappedTimeType = 'create' | 'append';

/** The JSON text of a mapped value: the original one where the row had it. Only for `valueKind` json. */
export function mappedValueText(event: MappedEvent): string {
  return event.valueText ?? JSON.stringify(event.value);
}
