import { RecoveryError } from '../../model/errors/recovery-error.js';
import { isExactNumber } from '../../model/json/exact-number.js';
import type { EventHeaders } from '../../model/log/event-page.js';
import { multiplyDecimals } from '../../model/records/decimal.js';
import type { ExternalRecord } from '../../model/records/external-record.js';
import { defineField } from '../rows/define-field.js';
import { refuseInexact, rowForMapping } from '../rows/inexact-rows.js';
import { mapHeaders } from '../rows/map-headers.js';
import { column } from '../rows/read-column.js';
import { readText } from '../rows/read-field.js';
import { describeRowPlace, type RowBatch, type RowPlace } from '../rows/row-source.js';
import { rowValueReader } from '../rows/row-value.js';
import type { EventTemplate, TemplateField } from './event-template.js';

/** The event that a row stands for, as it would stand in the log. */
export interface RecordEvent {
  readonly topic: string;
  readonly key: string | null;
  readonly headers: EventHeaders | null;
  /** JSON text. */
  readonly value: string;
}

type Place = () => RowPlace;

/**
 * Checks a template once and makes it ready for many rows.
 * @throws RecoveryError `invalid-configuration` when it contradicts itself; the result throws `invalid-field` for a row that
 *   is not what it says
 */
export function eventMaker(
  template: EventTemplate,
): (batch: RowBatch, index: number, record: ExternalRecord) => RecordEvent {
  const { numbers } = template;
  const key = keyReader(template.key);
  const headers = template.headers === undefined || template.headers === null ? null : column(template.headers);
  const value = valueReader(template);
  return (batch, index, record) => {
    const row = rowForMapping(batch, index, numbers);
    const place = () => batch.place(index);
    const made = value(row, record, place);
    refuseInexact(made, batch, index);
    return {
      topic: template.topic,
      key: key(row, record, place),
      headers: headers === null ? null : mapHeaders(headers, row, place),
      value: JSON.stringify(made),
    };
  };
}

function keyReader(key: EventTemplate['key']): (row: unknown, record: ExternalRecord, place: Place) => string | null {
  if (key === null) return () => null;
  if (typeof key !== 'string' && 'mapped' in key) return (_row, record) => record.key;
  const from = column(key);
  return (row, _record, place) => readText(from, row, place);
}

function valueReader({
  value,
  numbers,
}: EventTemplate): (row: unknown, record: ExternalRecord, place: Place) => unknown {
  if (value.form !== 'fields') {
    const read = rowValueReader({ ...value, ...(numbers !== undefined && { numbers }) });
    return (row, _record, place) => read(row, place) ?? null;
  }
  const fields = value.fields.map((field) => ({ path: pathOf(field.field), read: fieldReader(field, numbers) }));
  refuseFieldsInFields(value.fields.map(({ field }) => field));
  return (row, record, place) => {
    const object: Record<string, unknown> = {};
    for (const { path, read } of fields) {
      const made = read(row, record, place);
      if (made !== undefined) setAt(object, path, made);
    }
    return object;
  };
}

function fieldReader(
  field: TemplateField,
  numbers: EventTemplate['numbers'],
): (row: unknown, record: ExternalRecord, place: Place) => unknown {
  if ('constant' in field) return () => field.constant;
  if ('mapped' in field) return (_row, record, place) => mappedValue(field, record, place);
  const { field: name, ...from } = field;
  const read = rowValueReader({
    form: 'columns',
    columns: [{ field: name, ...from }],
    ...(numbers !== undefined && { numbers }),
  });
  return (row, _record, place) => (read(row, place) as Readonly<Record<string, unknown>>)[name];
}

function mappedValue(
  { field, mapped, as, factor = '1' }: Extract<TemplateField, { readonly mapped: unknown }>,
  record: ExternalRecord,
  place: Place,
): unknown {
  const value = record[mapped];
  if (value === null) return null;
  if (mapped === 'time') return as === 'number' ? value : isoText(field, value as number, place);
  const text = mapped === 'amount' ? multiplyDecimals(value as string, factor) : (value as string);
  if (as === 'text') return text;
  // Else a digit would be lost, or an id would become another: 007 is not 7.
  const number = Number(text);
  if (isExactNumber(text) && (mapped === 'amount' || String(number) === text)) return number;
  throw new RecoveryError(
    'invalid-field',
    `${describeRowPlace(place())}: the ${mapped} is to become the number ${JSON.stringify(field)} of an event, and no number has exactly its digits`,
    { hint: `let it become a text: { mapped: ${mapped}, as: text }`, details: { ...place(), field } },
  );
}

function isoText(field: string, time: number, place: Place): string {
  if (Number.isInteger(time) && time >= -62_167_219_200_000 && time < 253_402_300_800_000)
    return new Date(time).toISOString();
  throw new RecoveryError(
    'invalid-field',
    `${describeRowPlace(place())}: the time is to become the text ${JSON.stringify(field)} of an event, which has whole milliseconds and four digits for the year`,
    { hint: 'let it become a number of milliseconds: { mapped: time, as: number }', details: { ...place(), field } },
  );
}

function pathOf(field: string): readonly string[] {
  const path = field.split('.');
  if (path.includes('')) throw contradicts(`${JSON.stringify(field)} is no name of a field`);
  return path;
}

function refuseFieldsInFields(names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const other = names.find((each, at) => at !== index && (each === name || each.startsWith(`${name}.`)));
    if (other !== undefined) throw contradicts(`the fields ${name} and ${other} are in each other's place`);
  }
}

function setAt(object: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let inner = object;
  for (const step of path.slice(0, -1)) {
    if (!Object.hasOwn(inner, step)) defineField(inner, step, {});
    inner = inner[step] as Record<string, unknown>;
  }
  defineField(inner, path.at(-1) ?? '', value);
}

function contradicts(message: string): RecoveryError {
  return new RecoveryError('invalid-configuration', `event.value: ${message}`, {
    hint: 'correct the event of the source under records in the incident file',
  });
}
