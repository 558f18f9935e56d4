import type { EventHeaders } from '../../model/log/event-page.js';
import type { MappedEvent } from './event-mapping.js';

/** The header under which the business id of a mapping travels, the same in every log that is made of rows. */
export const businessIdHeader = 'id';

/** The headers of a mapped event, its business id among them. */
export function headersWithId({ headers, id }: Pick<MappedEvent, 'headers' | 'id'>): EventHeaders | null {
  if (id === null) return headers;
  return [...(headers ?? []).filter(([name]) => name !== businessIdHeader), [businessIdHeader, id]];
}

/** The business id among the headers of an event; null where there is none, or only bytes that are no text. */
export function businessIdIn(headers: EventHeaders | null | undefined): string | null {
  const value = headers?.find(([name]) => name === businessIdHeader)?.[1];
  return typeof value === 'string' ? value : null;
}
