import {
  standardLedgerMapping,
  standardOutputMapping,
  type EventReferenceMapping,
} from '../../sources/records/record-mapping.js';
import { parseInstant } from './instant.js';
import { outputSchemasOf } from './log-schemas-of.js';
import type { LedgerConfig, OutputsConfig } from './live-resources.js';
import type { EventDocument, LedgerDocument, OutputsDocument } from './records-schema.js';
import type { Paths } from './paths.js';
import {
  defined,
  fileAlone,
  numbersOf,
  referenceOf,
  rowInputOf,
  rowsConfigFrom,
  rowValueOf,
  timeMappingOf,
} from './rows-of.js';

/** The recorded outputs that a document stands for. */
export function outputsOf(document: OutputsDocument, paths: Paths): OutputsConfig {
  if (typeof document === 'string') {
    return { rows: fileAlone(document, paths), mapping: standardOutputMapping, order: null, from: null, until: null };
  }
  const { mapping } = document;
  return {
    rows: rowsConfigFrom(document, paths),
    mapping:
      mapping === undefined
        ? standardOutputMapping
        : {
            output: typeof mapping.output === 'string' ? { constant: mapping.output } : mapping.output,
            value: rowValueOf(mapping.value, mapping),
            ...recordOf(mapping),
            ...(mapping.key !== undefined && { key: referenceOf(mapping.key) }),
            ...(mapping.id !== undefined && { id: referenceOf(mapping.id) }),
          },
    order: document.order ?? null,
    ...(document.schemas !== undefined && { schemas: outputSchemasOf(document.schemas, paths) }),
    ...keptOf(document),
  };
}

/** The list of processed events that a document stands for. */
export function ledgerOf(document: LedgerDocument, paths: Paths): LedgerConfig {
  if (typeof document === 'string') {
    return { rows: fileAlone(document, paths), mapping: standardLedgerMapping, order: null, from: null, until: null };
  }
  const { mapping, order } = document;
  const rising = typeof order === 'object' ? { rising: order.column } : {};
  return {
    rows: rowInputOf(document, paths),
    mapping: { ...(mapping === undefined ? standardLedgerMapping : recordOf(mapping)), ...rising },
    order: order === undefined ? null : typeof order === 'object' ? 'handling' : order,
    ...keptOf(document),
  };
}

type OutputMappingDocument = NonNullable<Exclude<OutputsDocument, string>['mapping']>;

function recordOf({
  event,
  event_id: id,
  time,
  numbers,
}: Pick<OutputMappingDocument, 'event' | 'event_id' | 'time' | 'numbers'>) {
  return {
    ...numbersOf({ numbers }),
    ...(event !== undefined && { event: eventOf(event) }),
    ...(id !== undefined && { eventId: referenceOf(id) }),
    ...(time !== undefined && { time: timeMappingOf(time) }),
  };
}

function eventOf({ topic, partition, offset }: EventDocument): EventReferenceMapping {
  return {
    topic: typeof topic === 'string' ? { constant: topic } : defined(topic),
    partition: typeof partition === 'string' ? { column: partition } : defined(partition),
    offset: referenceOf(offset),
  };
}

function keptOf({ from, until }: { readonly from?: string | undefined; readonly until?: string | undefined }) {
  return {
    from: from === undefined ? null : parseInstant(from),
    until: until === undefined ? null : parseInstant(until),
  };
}
