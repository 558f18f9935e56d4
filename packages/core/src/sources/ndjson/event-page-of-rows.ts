import { reasonOfInexact, type KeptDigits } from '../../model/json/keep-digits.js';
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
  const plain = !events.some((event) => event.valueKind === 'bytes');
  const inexact = inexactOf(events);
  if (plain && inexact === null) {
    return { values: events.map((event) => (event.valueKind === 'none' ? null : event.value)), undecodable: null };
  }
  const fromBytes = plain ? null : decodeStoredValues(events.map((event) => event.valueBytes));
  const undecodable = new Map(fromBytes?.undecodable ?? []);
  const values = events.map((event, index) => {
    if (event.valueKind !== 'json') return event.valueKind === 'none' ? null : fromBytes?.values[index];
    if (event.inexact === undefined || event.inexact.value === event.value) return event.value;
    undecodable.set(index, reasonOfInexact(event.inexact));
    return undefined;
  });
  return {
    values,
    undecodable: undecodable.size === 0 ? null : undecodable,
    inexact: new Map([...(fromBytes?.inexact ?? []), ...(inexact ?? [])]),
  };
}

/** Values with numbers that a double cannot give back, by index; null where there are none. */
function inexactOf(events: readonly MappedEvent[]): ReadonlyMap<number, KeptDigits> | null {
  let inexact: Map<number, KeptDigits> | null = null;
  for (let index = 0; index < events.length; index++) {
    const kept = events[index]?.inexact;
    if (kept !== undefined) (inexact ??= new Map()).set(index, kept);
  }
  return inexact;
}
