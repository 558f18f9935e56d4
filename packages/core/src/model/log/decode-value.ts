import { isUtf8 } from 'node:buffer';
import { isNestedDeeperThan, maxDepth, maxRowBytes, shortEnoughToBeShallow } from '../json/value-limits.js';
import type { DecodedValues } from './event-page.js';

/** The value of an event as it stands in a log: JSON text, bytes that may be anything, or null for a tombstone. */
export type StoredValue = string | Uint8Array | null;

/** Decodes the values of a page: those that are not JSON, or above the limits, are told by index and are undefined. */
export function decodeStoredValues(stored: readonly StoredValue[]): DecodedValues {
  let undecodable: Map<number, string> | null = null;
  const values = stored.map((value, index) => {
    if (value === null) return null;
    const text = typeof value === 'string' ? value : isUtf8(value) ? Buffer.from(value).toString('utf8') : null;
    const reason = text === null ? 'not valid UTF-8' : reasonAgainst(text);
    if (reason === null && text !== null) {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        // told below: the parser's own message would quote the payload
      }
    }
    (undecodable ??= new Map()).set(index, reason ?? 'not JSON');
    return undefined;
  });
  return { values, undecodable };
}

function reasonAgainst(text: string): string | null {
  if (text.length > maxRowBytes) return `longer than ${maxRowBytes} bytes`;
  const deep = text.length > shortEnoughToBeShallow && isNestedDeeperThan(text, maxDepth);
  return deep ? `nested deeper than ${maxDepth} levels` : null;
}

export function storedValueBytes(value: StoredValue | undefined): Uint8Array | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}
