import type { EventHeaders } from '../model/log/event-page.js';
import type { Worker, WorkerEvent } from './worker.js';

/** Where an event usually says what it is, the most telling first. */
const headerNames = ['ce_type', 'eventType', 'event-type', 'event_type', 'type'];
const fieldNames = ['type', 'eventType', 'event_type', '@type', '$type', 'eventName', 'event_name', 'kind', 'op'];
const wrapperNames = ['metadata', 'meta', 'header', 'headers', 'envelope'];

const longestName = 120;

/**
 * What kind of event it is: by the worker's `eventType`, by a header or a field that usually says it; the topic where there
 * is none.
 */
export function eventTypeOf(worker: Worker, event: WorkerEvent): string {
  const own = worker.eventType as ((event: WorkerEvent) => string) | undefined;
  if (own !== undefined) return String(own(event)).slice(0, longestName);
  return fromHeaders(event.headers) ?? fromValue(event.value) ?? event.topic;
}

function fromHeaders(headers: EventHeaders): string | null {
  if (headers.length === 0) return null;
  for (const wanted of headerNames) {
    for (const [name, value] of headers)
      if (name === wanted && value !== null) return typeof value === 'string' ? usable(value) : null;
  }
  return null;
}

function fromValue(value: unknown): string | null {
  if (value === null) return 'tombstone';
  if (typeof value !== 'object' || Array.isArray(value)) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const named = fromFields(fields);
  if (named !== null) return named;
  for (const name of wrapperNames) {
    const inner = fields[name];
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) continue;
    const within = fromFields(inner as Readonly<Record<string, unknown>>);
    if (within !== null) return within;
  }
  return null;
}

function fromFields(fields: Readonly<Record<string, unknown>>): string | null {
  for (const name of fieldNames) {
    const value = fields[name];
    if (typeof value === 'string') return usable(value);
  }
  return null;
}

function usable(text: string): string | null {
  return text === '' || text.length > longestName ? null : text;
}
