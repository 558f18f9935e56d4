import { InexactNumber } from '../../model/json/exact-number.js';
import { hasIntegersOnly, inexactAsText, jsonWithInexact, pathOfInexact } from '../../model/json/keep-digits.js';
import type { CompiledColumns, CompiledMapping, CompiledPartition } from './compile-mapping.js';
import { defineField } from './define-field.js';
import type { MappedEvent } from './event-mapping.js';
import { rowForMapping, type NumberForm } from './inexact-rows.js';
import { mapEnvelope } from './map-envelope.js';
import { mapHeaders } from './map-headers.js';
import { takeOffset, type MappingState } from './mapping-state.js';
import { partitionOfKey } from './murmur2.js';
import { badColumn, readColumn, type Column } from './read-column.js';
import { readOffset, readText, readTime } from './read-field.js';
import type { RowBatch, RowPlace } from './row-source.js';

/**
 * Makes an event of a row. Depends on nothing but the row, the mapping and the state, which it moves on by one row;
 * rows must be mapped in the order of the input. A row that fails leaves the state as it was.
 * @throws RecoveryError `invalid-field` for a column that is missing (with the nearest right name) or cannot be used.
 */
export function mapRow(batch: RowBatch, index: number, mapping: CompiledMapping, state: MappingState): MappedEvent {
  const row = batch.values[index];
  const place = (): RowPlace => batch.place(index);
  const inexact = batch.inexact?.has(index) === true;
  const event =
    mapping.form === 'envelope'
      ? mapEnvelope(row, batch.text(index), mapping, place)
      : mapColumns(row, batch, index, mapping, state, place);
  if (mapping.form === 'envelope') state.rows++;
  return inexact ? withInexact(event, mapping.numbers) : event;
}

/** An event of a row that holds a number which a double cannot give back, in its value or elsewhere. */
function withInexact(event: MappedEvent, numbers: NumberForm): MappedEvent {
  const path = event.valueKind === 'json' ? pathOfInexact(event.value) : null;
  if (path === null) return event;
  const inexact = { path, value: inexactAsText(event.value), integers: hasIntegersOnly(event.value) };
  return {
    ...event,
    inexact,
    value: numbers === 'text' ? inexact.value : event.value,
    valueText: event.valueText ?? jsonWithInexact(event.value),
  };
}

function mapColumns(
  row: unknown,
  batch: RowBatch,
  index: number,
  mapping: CompiledColumns,
  state: MappingState,
  place: () => RowPlace,
): MappedEvent {
  const fields = rowForMapping(batch, index, mapping.numbers);
  const topic = typeof mapping.topic === 'string' ? mapping.topic : readTopic(mapping.topic, fields, place);
  const partition = readPartition(mapping.partition, fields, place);
  const key = mapping.key === null ? null : readText(mapping.key, fields, place);
  const id = mapping.id === null ? null : readText(mapping.id, fields, place);
  const { time: timeColumn, timeUnit, timeZone } = mapping;
  const time = timeColumn === null ? NaN : readTime(timeColumn, timeUnit, row, place, timeZone, batch.timeColumns);
  const headers = mapping.headers === null ? null : mapHeaders(mapping.headers, row, place);
  const value = readValue(mapping, row, state, place);
  const whole = mapping.value.kind === 'row' && mapping.rowNumber === null;
  const offset = mapping.offset === null ? takeOffset(state, topic, partition) : readOffset(mapping.offset, row, place);
  state.rows++;
  return {
    source: mapping.source,
    topic,
    incarnation: mapping.incarnation,
    partition,
    offset,
    time,
    timeType: null,
    key,
    keyBytes: null,
    headers,
    id,
    valueKind: 'json',
    value,
    valueText: whole ? batch.text(index) : null,
    valueBytes: null,
  };
}

export function readTopic(from: Column, row: unknown, place: () => RowPlace): string {
  const topic = readColumn(from, row, place);
  if (typeof topic === 'string' && topic !== '') return topic;
  throw badColumn(from.name, 'the name of a topic', topic, place());
}

export function readPartition(from: CompiledPartition, row: unknown, place: () => RowPlace): number {
  if (from.kind === 'constant') return from.partition;
  if (from.kind === 'hash') {
    const text = readText(from.column, row, place);
    return text === null ? 0 : partitionOfKey(text, from.count);
  }
  const value = readColumn(from.column, row, place);
  const partition = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof partition === 'number' && Number.isInteger(partition) && partition >= 0 && partition < 2 ** 31) {
    return partition;
  }
  throw badColumn(from.column.name, 'a partition (a whole number from 0)', value, place());
}

function readValue(mapping: CompiledColumns, row: unknown, state: MappingState, place: () => RowPlace): unknown {
  const { value, rowNumber } = mapping;
  if (value.kind === 'row') return rowNumber === null ? row : withField(row, rowNumber, state.rows, place);
  if (value.kind === 'column') {
    const single = readColumn(value.column, row, place);
    return rowNumber === null ? single : withField(single, rowNumber, state.rows, place);
  }
  const picked: Record<string, unknown> = {};
  for (const from of value.columns) {
    const single = readColumn(from, row, place);
    if (single !== undefined) defineField(picked, from.name, single);
  }
  return rowNumber === null ? picked : withField(picked, rowNumber, state.rows, place);
}

function withField(value: unknown, name: string, number: number, place: () => RowPlace): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof InexactNumber) {
    throw badColumn(
      name,
      'a field of its own: the value is not an object, so no row number can be added',
      value,
      place(),
    );
  }
  if (Object.hasOwn(value, name)) {
    throw badColumn(
      name,
      'free for the row number: choose another name',
      (value as Record<string, unknown>)[name],
      place(),
    );
  }
  const copy = { ...value };
  defineField(copy, name, number);
  return copy;
}
