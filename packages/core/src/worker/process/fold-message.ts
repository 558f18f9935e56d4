import type { WorkerEvent } from '../worker.js';
import type { SentEvent } from './batch-worker.js';
import { nowText } from './event-text.js';
import type { EventField } from './process-terms.js';

/**
 * Events in columns, to be handled by a process that keeps states: the values as they stand in the log, and of each other
 * field that the worker asks for one entry an event, or one for all where it is the same. A tenth of what the events would
 * cost as objects of their own, on both sides.
 */
export function foldMessage(
  number: number,
  events: readonly SentEvent[],
  skip: ReadonlySet<number>,
  fields: ReadonlySet<EventField>,
): string {
  let message = `{"type":"fold","batch":${number},"value":[${events.map(({ isJson, value }) => (isJson ? value : 'null')).join(',')}]`;
  if (events.some(({ isJson }) => !isJson)) {
    message += `,"valueBase64":[${events.map(({ isJson, value }) => (isJson ? 'null' : value)).join(',')}]`;
  }
  for (const field of fields) message += column(field, events);
  if (skip.size > 0) message += `,"skip":[${[...skip].join(',')}]`;
  return `${message}}`;
}

/** A batch of no events, behind which the states are asked for that were written since the last. */
export function collectMessage(number: number): string {
  return `{"type":"fold","batch":${number},"value":[],"collect":true}`;
}

const texts: Readonly<Record<Exclude<EventField, 'now'>, (event: WorkerEvent) => string>> = {
  topic: ({ topic }) => JSON.stringify(topic),
  partition: ({ partition }) => String(partition),
  offset: ({ offset }) => `"${offset}"`,
  key: ({ key }) => (key === null ? 'null' : JSON.stringify(key)),
  time: ({ time }) => (time === null ? 'null' : String(time)),
  source: ({ source }) => JSON.stringify(source),
  incarnation: ({ incarnation }) => JSON.stringify(incarnation),
  headers: ({ headers }) => JSON.stringify(headers),
};

/** `"field":[…]`, or `"field":{"all":…}`; nothing where it would be left out of every event. */
function column(field: EventField, events: readonly SentEvent[]): string {
  const entries = field === 'now' ? events.map(({ now }) => nowText(now)) : events.map(({ event }) => texts[field](event));
  const [first] = entries;
  if (first === undefined) return '';
  if (!entries.every((entry) => entry === first)) return `,"${field}":[${entries.join(',')}]`;
  const isLeftOut = first === '""' ? field === 'source' || field === 'incarnation' : first === '[]';
  return isLeftOut ? '' : `,"${field}":{"all":${first}}`;
}
