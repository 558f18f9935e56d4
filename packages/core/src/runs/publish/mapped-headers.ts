import type { ColumnReference } from '../../sources/rows/event-mapping.js';
import type { FieldSource, OutputMapping } from '../../sources/records/record-mapping.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';

/** What is known of an output that a service may have put into headers. */
interface HeaderFacts {
  readonly output: string;
  readonly event: RecordedEventRef;
  readonly semanticId: string;
}

/** Headers as the service writes them. */
export type MappedHeaders = (facts: HeaderFacts) => readonly (readonly [name: string, value: string])[];

/** Where a service writes nothing of it into headers. */
export const noHeaders: MappedHeaders = () => [];

/**
 * The headers from which a mapping reads what a record is of: who reads the topic with the same mapping, the service's own
 * consumers among them, finds in what is published what it finds in the service's records.
 */
export function mappedHeaders(mapping: OutputMapping | null): MappedHeaders {
  const parts: (readonly [name: string, value: (facts: HeaderFacts) => string])[] = [];
  const add = (
    from: FieldSource<unknown> | ColumnReference | null | undefined,
    value: (facts: HeaderFacts) => string,
  ) => {
    const name = headerOf(from);
    if (name !== null) parts.push([name, value]);
  };
  add(mapping?.output, ({ output }) => output);
  add(mapping?.event?.topic, ({ event }) => event.topic);
  add(mapping?.event?.partition, ({ event }) => String(event.partition));
  add(mapping?.event?.offset, ({ event }) => String(event.offset));
  add(mapping?.id, ({ semanticId }) => semanticId);
  return parts.length === 0 ? noHeaders : (facts) => parts.map(([name, value]) => [name, value(facts)] as const);
}

/** The header that a column is; null for another column. */
export function headerOf(from: FieldSource<unknown> | ColumnReference | null | undefined): string | null {
  if (from === null || from === undefined) return null;
  if (typeof from === 'object' && 'constant' in from) return null;
  const name = typeof from === 'string' ? from : from.column;
  return /^headers\.([^.]+)$/.exec(name)?.[1] ?? null;
}
