import type { EventMapping } from '../../sources/rows/event-mapping.js';
import type { MappingDocument } from './mapping-schema.js';
import { numbersOf } from './rows-of.js';

/**
 * The mapping that a document stands for. Without a document, rows are whole events as `archive export` writes them.
 * `name` is the source of rows that name none.
 */
export function eventMappingOf(document: MappingDocument | undefined, name: string): EventMapping {
  if (document === undefined || document.form === 'envelope') {
    return { form: 'envelope', source: document?.source ?? name, ...numbersOf(document) };
  }
  const { partition, offset, time } = document;
  return {
    source: document.source ?? name,
    topic: document.topic ?? 'events',
    ...(document.incarnation !== undefined && { incarnation: document.incarnation }),
    partition:
      partition === undefined ? { constant: 0 } : typeof partition === 'string' ? { column: partition } : partition,
    offset:
      offset === undefined || offset === 'assigned'
        ? 'assigned'
        : typeof offset === 'string'
          ? { column: offset }
          : offset,
    key: document.key === undefined ? null : referenceOf(document.key),
    time: time === undefined || time === null ? null : typeof time === 'string' ? { column: time } : timeOf(time),
    id: document.id === undefined ? null : referenceOf(document.id),
    headers: document.headers === undefined ? null : referenceOf(document.headers),
    ...(document.row_number !== undefined && { rowNumber: document.row_number }),
    value: valueOf(document.value),
    ...numbersOf(document),
  };
}

type Reference = NonNullable<MappingDocument['key']>;

function referenceOf(reference: Reference | null) {
  if (reference === null || typeof reference === 'string') return reference;
  return { column: reference.column, ...(reference.optional !== undefined && { optional: reference.optional }) };
}

function timeOf(time: Exclude<MappingDocument['time'], string | null | undefined>) {
  return {
    column: time.column,
    ...(time.unit !== undefined && { unit: time.unit }),
    ...(time.zone !== undefined && { zone: time.zone }),
    ...(time.optional !== undefined && { optional: time.optional }),
  };
}

function valueOf(value: MappingDocument['value']) {
  if (value === undefined || value === 'row') return 'row' as const;
  if ('column' in value) return value;
  return { columns: value.columns.map((reference) => referenceOf(reference) ?? '') };
}
