import { EventPage, type DecodedValues, type EventHeaders } from '../../../model/log/event-page.js';
import { DigitScan, nextSuspect } from '../../../model/json/digit-scan.js';
import { keepDigits, reasonOfInexact, type KeptDigits } from '../../../model/json/keep-digits.js';
import { isNestedDeeperThan, maxDepth, maxRowBytes } from '../../../model/json/value-limits.js';
import {
  eventHeadersOf,
  keyOf,
  keyTextOf,
  textBetween,
  valueOf,
  type RecordColumns,
} from '../batches/record-columns.js';

/** The records of a page as events: keys, headers and values are made when somebody asks for them. */
export function eventPageOfRecords(columns: RecordColumns): EventPage {
  return new EventPage({
    offsets: columns.offsets,
    timestamps: columns.times,
    get keys() {
      return keysOf(columns);
    },
    headers: columns.hasHeaders ? headersOf(columns) : null,
    decodeValues: () => decodeValues(columns),
    valueBytes: (index) => valueOf(columns, index),
    keyBytes: (index) => keyOf(columns, index),
  });
}

/** Null where there is none, and where it is not UTF-8: `keyBytes` has those. */
function keysOf(columns: RecordColumns): readonly (string | null)[] {
  const keys = new Array<string | null>(columns.length);
  for (let index = 0; index < columns.length; index++) keys[index] = keyTextOf(columns, index);
  return keys;
}

function headersOf(columns: RecordColumns): readonly (EventHeaders | null)[] {
  return Array.from({ length: columns.length }, (_, index) => eventHeadersOf(columns, index));
}

/** Each value is parsed alone: texts that are no JSON may join into some. */
function decodeValues({ length: count, sources, valueStart, valueLength }: RecordColumns): DecodedValues {
  const values = new Array<unknown>(count);
  let undecodable: Map<number, string> | null = null;
  let inexact: Map<number, KeptDigits> | null = null;
  const suspects = new SuspectValues();
  for (let index = 0; index < count; index++) {
    const length = valueLength[index]!;
    if (length < 0) {
      values[index] = null;
      continue;
    }
    const start = valueStart[index]!;
    const source = sources[index]!;
    const text = textBetween(source, start, start + length);
    let reason = text === null ? 'not valid UTF-8' : reasonAgainst(text, length);
    if (reason === null) {
      try {
        values[index] = JSON.parse(text!) as unknown;
        const kept = suspects.has(source, start, start + length) ? keepDigits(text!) : null;
        if (kept === null) continue;
        values[index] = undefined;
        (inexact ??= new Map()).set(index, kept);
        reason = reasonOfInexact(kept);
      } catch {
        // told below: the parser's own message would quote the payload
      }
    }
    (undecodable ??= new Map()).set(index, reason ?? (length === 0 ? 'empty' : 'not JSON'));
  }
  return { values, undecodable, inexact };
}

/** Which values may hold a number that loses digits; values of one buffer are asked for in their order. */
class SuspectValues {
  #source: Buffer | null = null;
  #scan: DigitScan | null = null;
  /** The next find of the scan at or behind the last value; Infinity where there is none. */
  #next = -1;

  has(source: Buffer, from: number, to: number): boolean {
    if (this.#scan === null || this.#source !== source) {
      this.#source = source;
      this.#scan = new DigitScan(source);
      this.#next = -1;
    }
    if (this.#next < from) {
      const next = this.#scan.next(from, source.length);
      this.#next = next < 0 ? Infinity : next;
    }
    // A find outside of the value may hide that its run reaches into it; inside, the bounds of the value count.
    return this.#next < to && nextSuspect(this.#scan, source, from, to) >= 0;
  }
}

/** Text of up to this length cannot be nested too deeply: a level takes two brackets. */
const shallow = 2 * maxDepth;

function reasonAgainst(text: string, bytes: number): string | null {
  if (bytes > maxRowBytes) return `longer than ${maxRowBytes} bytes`;
  if (text.length > shallow && isNestedDeeperThan(text, maxDepth)) return `nested deeper than ${maxDepth} levels`;
  return null;
}
