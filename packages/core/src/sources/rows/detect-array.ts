import { maxRowBytes } from '../../model/json/value-limits.js';
import { byteOrderMark } from './byte-order-mark.js';

const [tab, lineFeed, carriageReturn, blank] = [0x09, 0x0a, 0x0d, 0x20];
const [quote, backslash] = [0x22, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Tells a document that is one array of objects (or an empty one) from lines, the first of which may be such an array. */
export interface ArrayDetection {
  /** Null as long as more has to be seen: at most one row. */
  take(piece: Uint8Array): boolean | null;
  end(): boolean;
}

export function detectArray(): ArrayDetection {
  let state: 'before' | 'opened' | 'inside' | 'closed' = 'before';
  let depth = 0;
  let inText = false;
  let escaped = false;
  let line = 0;
  let seen = 0;

  function take(byte: number): boolean | null {
    if (state === 'before') {
      if (isBlank(byte) || byte === byteOrderMark[seen - 1]) return null;
      if (byte !== openList) return false;
      state = 'opened';
      return null;
    }
    if (byte === lineFeed) line++;
    if (state === 'closed') return isBlank(byte) ? null : false;
    if (state === 'opened') {
      if (isBlank(byte)) return null;
      if (byte === closeList) state = 'closed';
      else if (byte !== openObject) return false;
      else state = 'inside';
      depth = 2;
    } else if (inText) {
      if (escaped) escaped = false;
      else if (byte === backslash) escaped = true;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === openObject || byte === openList) depth++;
    else if ((byte === closeObject || byte === closeList) && --depth === 0) {
      if (byte === closeObject) return true; // no JSON at all, and no line of a list either
      state = 'closed';
    }
    // No row goes on behind the end of its line, or is so long.
    return state === 'inside' && (line > 0 || seen > maxRowBytes) ? true : null;
  }

  return {
    take(piece) {
      for (const byte of piece) {
        seen++;
        const isArray = take(byte);
        if (isArray !== null) return isArray;
      }
      return null;
    },
    end: () => state === 'inside' || state === 'closed',
  };
}

/** Blanks between the values of JSON. */
export function isBlank(byte: number): boolean {
  return byte === blank || byte === tab || byte === lineFeed || byte === carriageReturn;
}
