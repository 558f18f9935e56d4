import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { KeptEvent, SentEvent } from './batch-worker.js';
import { nowText } from './event-text.js';
import type { EventField } from './process-terms.js';

/**
 * Events in columns, to be handled by a process that keeps states: the values as they stand in the log, and of each other
 * field that the worker asks for one entry an event, or one for all where it is the same. A third of what the events cost
 * as objects of their own, on both sides.
 */
export function foldMessage(
  number: number,
  events: readonly KeptEvent[],
  skip: ReadonlySet<number>,
  fields: ReadonlySet<EventField>,
): string {
  const encoded: string[] = [];
  let message = `{"type":"fold","batch":${number},"value":[${events.map((event) => valueOf(event, encoded)).join(',')}]`;
  if (encoded.length > 0) message += `,"valueBase64":[${events.map(base64Of).join(',')}]`;
  for (const field of fields) message += column(field, events);
  if (skip.size > 0) message += `,"skip":[${[...skip].join(',')}]`;
  return `${message}}`;
}

/** @param encoded gets an entry for each value that is not JSON */
function valueOf(event: KeptEvent, encoded: string[]): string {
  const special = specialOf(event);
  if (special !== null) {
    if (special.isJson) return special.value;
    encoded.push(special.value);
    return 'null';
  }
  const text = event.page.valueText(event.index) ?? 'null';
  // A line break in JSON can only be white space.
  return text.includes('\n') ? text.replaceAll('\n', ' ') : text;
}

function base64Of(event: KeptEvent): string {
  const special = specialOf(event);
  return special === null || special.isJson ? 'null' : special.value;
}

function specialOf({ special }: KeptEvent): SentEvent | null {
  if (special === null || !isRecoveryError(special)) return special;
  throw special;
}

/** A batch of no events, behind which the states are asked for that were written since the last. */
export function collectMessage(number: number): string {
  return `{"type":"fold","batch":${number},"value":[],"collect":true}`;
}

type TextOf = (event: KeptEvent) => string;

const texts: Readonly<Record<EventField, TextOf>> = {
  topic: ({ id }) => JSON.stringify(id.topic),
  partition: ({ id }) => String(id.partition),
  offset: ({ page, index }) => `"${page.offsets[index]}"`,
  key: ({ page, index }) => JSON.stringify(page.keys[index] ?? null),
  time: ({ page, index }) => JSON.stringify(page.timestamps[index]), // NaN becomes null
  now: ({ clock }) => nowText(clock),
  source: ({ id }) => JSON.stringify(id.source),
  incarnation: ({ id }) => JSON.stringify(id.incarnation),
  headers: ({ page, index }) => JSON.stringify(page.headers?.[index] ?? []),
};

/** How a field reads that is left out of an event on its own. */
const leftOut: Partial<Record<EventField, string>> = { source: '""', incarnation: '""', headers: '[]' };

/** `"field":[…]`, or `"field":{"all":…}`; nothing where it is left out of every event, null where of this one. */
function column(field: EventField, events: readonly KeptEvent[]): string {
  const entries = events.map(texts[field]);
  const [first] = entries;
  if (first === undefined) return '';
  const absent = leftOut[field];
  if (entries.every((entry) => entry === first)) return first === absent ? '' : `,"${field}":{"all":${first}}`;
  return `,"${field}":[${entries.map((entry) => (entry === absent ? 'null' : entry)).join(',')}]`;
}
