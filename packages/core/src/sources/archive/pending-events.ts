import type { EventHeaders } from '../../model/log/event-page.js';
import type { Offset } from '../../model/event/offset.js';
import { timeTypeCodes, type ArchiveEvent } from './archive-event.js';

/** Events of one partition that wait to be written, in columns. */
export interface PendingEvents {
  readonly offsets: Offset[];
  readonly times: number[];
  /** Indexes into `timeTypeCodes`. */
  readonly timeTypes: number[];
  /** Text, or the bytes of a key that is not UTF-8. */
  readonly keys: (string | Uint8Array | null)[];
  readonly headers: (EventHeaders | null)[];
  /** Text that was parsed alone and is JSON, or the bytes of what is not. */
  readonly values: (string | Uint8Array | null)[];
  /** What each text says, as long as whoever added it knew; null since one did not. */
  parsed: unknown[] | null;
  /** Whoever added the texts has seen that no number in them loses digits. */
  exact: boolean;
  /** About the size of keys and values, in bytes. */
  size: number;
}

export function noPendingEvents(): PendingEvents {
  return { offsets: [], times: [], timeTypes: [], keys: [], headers: [], values: [], parsed: [], exact: true, size: 0 };
}

/**
 * Adds an event whose text value is known to be JSON and whose bytes value is known not to be. `parsed` is what the text says,
 * undefined where the caller does not have it.
 */
export function addPendingEvent(pending: PendingEvents, event: ArchiveEvent, parsed: unknown, exact: boolean): void {
  pending.offsets.push(event.offset);
  pending.times.push(event.time + 0); // -0 becomes 0, which is what a JSON text and a hash of it would say
  pending.timeTypes.push(timeTypeCodes.indexOf(event.timeType));
  pending.keys.push(event.key);
  pending.headers.push(event.headers);
  pending.values.push(event.value);
  if (parsed === undefined) pending.parsed = null;
  else pending.parsed?.push(parsed);
  // A tombstone has no digits.
  if (!exact && event.value !== null) pending.exact = false;
  pending.size += pendingSize(event);
}

/** About the bytes that an event takes. */
export function pendingSize({ value, key }: Pick<ArchiveEvent, 'value' | 'key'>): number {
  return 16 + (value === null ? 0 : value.length) + (key === null ? 0 : key.length);
}

export function pendingEvent(pending: PendingEvents, index: number): ArchiveEvent {
  return {
    offset: pending.offsets[index] ?? 0,
    time: pending.times[index] ?? NaN,
    timeType: timeTypeCodes[pending.timeTypes[index] ?? 0] ?? null,
    key: pending.keys[index] ?? null,
    headers: pending.headers[index] ?? null,
    value: pending.values[index] ?? null,
  };
}
