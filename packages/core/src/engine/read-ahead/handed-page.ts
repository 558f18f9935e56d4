import type { InexactValues, PageForThreads, Undecodable } from '../../model/log/event-page.js';

/**
 * A page in a form that crosses threads, with little left to do for the one that gets it: as its log makes it again, or
 * column by column.
 */
export type HandedPage = HandedAsInLog | HandedColumns;

interface HandedAsInLog extends Omit<PageForThreads, 'transfer'> {
  readonly as: 'in-log';
}

export interface HandedColumns {
  readonly as: 'columns';
  readonly offsets: Float64Array;
  readonly timestamps: Float64Array;
  /** JSON of the list; null where there is no key at all. */
  readonly keys: string | null;
  /** Keys that are not UTF-8. */
  readonly binaryKeys: ReadonlyMap<number, Uint8Array> | null;
  /** JSON of the list. */
  readonly headers: string | null;
  readonly values: HandedValues;
  /** Null where nobody asks for them. */
  readonly valueBytes: HandedBytes | null;
  readonly isExactJson: boolean;
}

/** The bytes of all values, one behind the other, and the length of each; -1 for a tombstone. */
export interface HandedBytes {
  readonly bytes: Uint8Array;
  readonly lengths: Int32Array;
}

/** Decoded values: packed columns, where objects are put together without a parser; JSON of the list; or as they are. */
export type HandedValues =
  | { readonly as: 'packed'; readonly columns: Uint8Array }
  | { readonly as: 'text'; readonly text: string }
  | {
      readonly as: 'values';
      readonly values: readonly unknown[];
      readonly undecodable: Undecodable | null;
      readonly inexact: InexactValues | null;
    };
