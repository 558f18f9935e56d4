import type { Offset } from '../event/offset.js';
import type { KeptDigits } from '../json/keep-digits.js';

/** Why a value or key could not be decoded, by index in the page. */
export type Undecodable = ReadonlyMap<number, string>;

/** What a page is made of. All columns have one entry an event, in rising offset order. */
export interface EventPageColumns {
  readonly offsets: ArrayLike<Offset>;
  /** Milliseconds since 1970; NaN where the event has none (Kafka writes -1). */
  readonly timestamps: ArrayLike<number>;
  /** Text keys; null where there is none. `keyBytes` answers for keys that are not UTF-8. */
  readonly keys: readonly (string | null)[];
  /** Header lists as name and value pairs, null when no event of the page has any. */
  readonly headers: readonly (EventHeaders | null)[] | null;
  /** Decodes all values of the page at once; called at most once, and only if somebody needs the values. */
  decodeValues(): DecodedValues;
  /** The bytes of one value as they stood in the log; null for a tombstone. */
  valueBytes(index: number): Uint8Array | null;
  /**
   * True where it is known without decoding that every value is JSON, or none, and no number in it loses digits. Absent
   * where nobody knows.
   */
  isExactJson?(): boolean;
  /** The text of one value that is JSON, where that costs less than its bytes; null for a tombstone. */
  valueText?(index: number): string | null;
  /** How many bytes a value has, where that is known without it; 0 for a tombstone. */
  valueLength?(index: number): number;
  /** The bytes of one key as they stood in the log; null where there is none. */
  keyBytes(index: number): Uint8Array | null;
  /** How another thread makes the same page, where the log knows a way that costs less than to decode it here. */
  forThreads?(): PageForThreads | null;
}

/**
 * How another thread makes a page: a module, imported by URL, whose default export is `(data) => EventPage`. `data` can be
 * cloned between threads; the buffers in `transfer` move with it, so that the page here is of no use any more.
 */
export interface PageForThreads {
  readonly module: string;
  readonly data: unknown;
  readonly transfer: readonly ArrayBuffer[];
}

export interface DecodedValues {
  readonly values: readonly unknown[];
  /** Events whose value is not JSON: handled by the poison policy, never dropped. Null when all are fine. */
  readonly undecodable: Undecodable | null;
  /**
   * Values with a number that a double cannot give back, with such numbers as texts: undecodable, unless the log was told
   * to give texts. Null or absent where there are none.
   */
  readonly inexact?: InexactValues | null;
}

/** Values with numbers that a double cannot give back, by index in the page. */
export type InexactValues = ReadonlyMap<number, KeptDigits>;

/** In the order of the log; a name may stand there more than once. */
export type EventHeaders = readonly (readonly [name: string, value: HeaderValue])[];

/** Text, null for none, or the bytes of what is not UTF-8. */
export type HeaderValue = string | null | { readonly base64: string };

/**
 * A bounded run of events of one partition, in columns: a page, not an object per event, crosses the port between a log
 * and the engine. Values are decoded once for the whole page, on first use.
 */
export class EventPage {
  readonly count: number;
  readonly offsets: ArrayLike<Offset>;
  readonly timestamps: ArrayLike<number>;
  readonly headers: readonly (EventHeaders | null)[] | null;
  readonly #columns: EventPageColumns;
  #keys: readonly (string | null)[] | undefined;
  #decoded: DecodedValues | undefined;

  constructor(columns: EventPageColumns) {
    this.#columns = columns;
    this.count = columns.offsets.length;
    this.offsets = columns.offsets;
    this.timestamps = columns.timestamps;
    this.headers = columns.headers;
  }

  /** Asked of the columns on first use: an adapter may unpack them only then. */
  get keys(): readonly (string | null)[] {
    return (this.#keys ??= this.#columns.keys);
  }

  get values(): readonly unknown[] {
    return (this.#decoded ??= this.#columns.decodeValues()).values;
  }

  get undecodable(): Undecodable | null {
    return (this.#decoded ??= this.#columns.decodeValues()).undecodable;
  }

  /** What `DecodedValues.inexact` says. */
  get inexact(): InexactValues | null {
    return (this.#decoded ??= this.#columns.decodeValues()).inexact ?? null;
  }

  /** The value, with texts for the numbers that a double cannot give back: for whoever looks into it and computes nothing. */
  valueWithDigits(index: number): unknown {
    const kept = this.inexact?.get(index);
    return kept === undefined ? this.values[index] : kept.value;
  }

  valueBytes(index: number): Uint8Array | null {
    return this.#columns.valueBytes(index);
  }

  /** Every value is JSON, or none, and no number in it loses digits. Decodes the values only where it has to. */
  get isExactJson(): boolean {
    if (this.#columns.isExactJson?.() === true) return true;
    return this.undecodable === null && this.inexact === null;
  }

  /** The text of a value that is JSON, as it stood in the log; null for a tombstone. */
  valueText(index: number): string | null {
    if (this.#columns.valueText !== undefined) return this.#columns.valueText(index);
    const bytes = this.#columns.valueBytes(index);
    if (bytes === null) return null;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  valueLength(index: number): number {
    return this.#columns.valueLength?.(index) ?? this.#columns.valueBytes(index)?.length ?? 0;
  }

  keyBytes(index: number): Uint8Array | null {
    return this.#columns.keyBytes(index);
  }

  /** Null where the log knows no way of its own. */
  forThreads(): PageForThreads | null {
    return this.#columns.forThreads?.() ?? null;
  }
}
