import { isUtf8 } from 'node:buffer';
import { isNestedDeeperThan, maxDepth, maxRowBytes, shortEnoughToBeShallow } from '../json/value-limits.js';
import { mayLoseDigits } from '../json/digit-scan.js';
import { keepDigits, reasonOfInexact, type KeptDigits } from '../json/keep-digits.js';
import type { DecodedValues } from './event-page.js';

/** The value of an event as it stands in a log: JSON text, bytes that may be anything, or null for a tombstone. */
export type StoredValue = string | Uint8Array | null;

/**
 * Decodes the values of a page: those that are not JSON, above the limits, or hold a number that a double cannot give back,
 * are told by index and are undefined.
 */
export function decodeStoredValues(stored: readonly StoredValue[]): DecodedValues {
  let undecodable: Map<number, string> | null = null;
  let inexact: Map<number, KeptDigits> | null = null;
  const texts = stored.map((value) => (value === null || typeof value === 'string' ? value : textOf(value)));
  const suspicious = mayLoseDigits(Buffer.from(texts.join('\n'), 'utf8'));
  const values = texts.map((text, index) => {
    if (stored[index] === null) return null;
    let reason = text === null ? 'not valid UTF-8' : reasonAgainst(text);
    if (reason === null && text !== null) {
      try {
        const value: unknown = JSON.parse(text);
        const kept = suspicious ? keepSuspectDigits(text) : null;
        if (kept === null) return value;
        (inexact ??= new Map()).set(index, kept);
        reason = reasonOfInexact(kept);
      } catch {
        // told below: the parser's own message would quote the payload
      }
    }
    (undecodable ??= new Map()).set(index, reason ?? 'not JSON');
    return undefined;
  });
  return { values, undecodable, inexact };
}

/** Like `keepDigits`, where most texts hold no such number. */
export function keepSuspectDigits(text: string): KeptDigits | null {
  return mayLoseDigits(Buffer.from(text, 'utf8')) ? keepDigits(text) : null;
}

function textOf(value: Uint8Array): string | null {
  return isUtf8(value) ? Buffer.from(value).toString('utf8') : null;
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
