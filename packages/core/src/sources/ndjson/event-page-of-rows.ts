import { decodeStoredValues, storedValueBytes } from '../../model/log/decode-value.js';
import { EventPage, type DecodedValues } from '../../model/log/event-page.js';
import { headersWithId } from '../rows/business-id-header.js';
import { type MappedEvent, mappedValueText } from '../rows/event-mapping.js';

/** A page of events that were rows. Their values are parsed already, but for those that were given as bytes. */
export function eventPageOfRows(events: readonly MappedEvent[]): EventPage {
  return new EventPage({
    offsets: events.map((event) => event.offset),
    timestamps: events.map((event) => event.time),
    keys: events.map((event) => event.key),
    headers: events.some(({ headers, id }) => headers !== null || id !== null) ? events.map(headersWithId) : null,
    decodeValues: () => decodeRows(events),
    valueBytes(index) {
      const event = events[index];
      if (event === undefined || event.valueKind === 'none') return null;
      return event.valueBytes ?? storedValueBytes(mappedValueText(event));
    },
    keyBytes(index) {
      const event = events[index];
      return event?.keyBytes ?? (typeof event?.key === 'string' ? Buffer.from(event.key, 'utf8') : null);
    },
  });
}

function decodeRows(events: readonly MappedEvent[]): DecodedValues {
  if (!events.some((event) => event.valueKind === 'bytes')) {
    return { values: events.map((event) => (event.valueKind === 'none' ? null : event.value)), undecodable: null };
  }
  const fromBytes = decodeStoredValues(events.map((event) => event.valueBytes));
  return {
    values: events.map((event, index) => (event.valueKind === 'json' ? event.value : fromBytes.values[index])),
    undecodable: fromBytes.undecodable,
  };
}
