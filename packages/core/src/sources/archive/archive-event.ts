import type { EventHeaders } from '../../model/log/event-page.js';
import type { Offset } from '../../model/event/offset.js';

/** Who set the time of an event: its producer (`create`) or the log when it was appended (`append`). */
export type TimeType = 'create' | 'append';

/** One event to be archived. */
export interface ArchiveEvent {
  readonly offset: Offset;
  /** Milliseconds since 1970; NaN where the event has none. */
  readonly time: number;
  readonly timeType: TimeType | null;
  /** Text for keys in UTF-8; the bytes of others; null where there is none. */
  readonly key: string | Uint8Array | null;
  readonly headers: EventHeaders | null;
  /** The text or the bytes as they stood in the log, kept exactly; null for a tombstone. */
  readonly value: string | Uint8Array | null;
}

/** Time types in the order of their codes in a segment. */
export const timeTypeCodes: readonly (TimeType | null)[] = [null, 'create', 'append'];

/** True when both say exactly the same, byte by byte. */
export function sameEvent(a: ArchiveEvent, b: ArchiveEvent): boolean {
  return a.offset === b.offset && sameContent(a, b);
}

/** The same for what they carry, wherever they stand. */
export function sameContent(a: ArchiveEvent, b: ArchiveEvent): boolean {
  return (
    Object.is(a.time, b.time) &&
    a.timeType === b.timeType &&
    sameBytes(a.key, b.key) &&
    sameBytes(a.value, b.value) &&
    JSON.stringify(normalHeaders(a.headers)) === JSON.stringify(normalHeaders(b.headers))
  );
}

/** No headers and an empty list of headers are the same thing. */
function normalHeaders(headers: EventHeaders | null): EventHeaders | null {
  return headers === null || headers.length === 0 ? null : headers;
}

function sameBytes(a: string | Uint8Array | null, b: string | Uint8Array | null): boolean {
  if (a === null || b === null || (typeof a === 'string' && typeof b === 'string')) return a === b;
  return Buffer.compare(asBytes(a), asBytes(b)) === 0;
}

function asBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}
