import type { ColumnName, ColumnReference, TimeMapping } from '../rows/event-mapping.js';
import type { NumberForm } from '../rows/inexact-rows.js';
import type { RowValueMapping } from '../rows/row-value.js';

/** A constant, or the column that holds it. */
export type FieldSource<Value> =
  { readonly constant: Value } | { readonly column: ColumnName; readonly optional?: boolean };

/**
 * Which event a record speaks of. A record whose offset, partition or topic is null, empty or (where optional) absent
 * names none.
 */
export interface EventReferenceMapping {
  readonly topic: FieldSource<string>;
  readonly partition: FieldSource<number>;
  readonly offset: ColumnReference;
}

/** What every record of a service may say. */
interface RecordMapping {
  readonly event?: EventReferenceMapping | null;
  /** A business id of the event. */
  readonly eventId?: ColumnReference | null;
  readonly time?: TimeMapping | null;
  /** What becomes of numbers that a double cannot give back; `exact` by default. */
  readonly numbers?: NumberForm;
}

/** How rows become recorded outputs. Plain JSON. */
export interface OutputMapping extends RecordMapping {
  readonly output: FieldSource<string>;
  readonly key?: ColumnReference | null;
  readonly value: RowValueMapping;
  /** A business id of the output itself. */
  readonly id?: ColumnReference | null;
}

/** How rows become entries of a list of processed events. Plain JSON. */
export interface LedgerMapping extends RecordMapping {
  /** A column with numbers or times that rises in the order of handling; reading stops where it falls. */
  readonly rising?: ColumnName;
}

const optional = (name: ColumnName) => ({ column: name, optional: true });
const standardRecord = {
  event: { topic: optional('topic'), partition: optional('partition'), offset: optional('offset') },
  eventId: optional('event_id'),
  time: { column: 'time', unit: 'milliseconds', optional: true },
} as const satisfies RecordMapping;

/** Rows `{output, key, value, topic, partition, offset, event_id, id, time}`, of which only `output` and `value` must be there. */
export const standardOutputMapping: OutputMapping = {
  ...standardRecord,
  output: { column: 'output' },
  key: optional('key'),
  value: { form: 'column', column: 'value' },
  id: optional('id'),
};

/** Rows `{topic, partition, offset, event_id, time}`. */
export const standardLedgerMapping: LedgerMapping = standardRecord;
