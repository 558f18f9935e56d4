import type { Decimal } from '../../model/records/decimal.js';

/** A value of an event: `key`, `time`, `header.NAME`, or `value` with a dotted path behind it. */
export type EventPath = string;

/**
 * What a record of a source stands for, and how the event is recognised: by an id, where both have one; else by key, time
 * and amount, as far as they are named. Plain JSON.
 */
export interface MatchRule {
  /** Null for events of all topics of the worker. */
  readonly topic: string | null;
  /** Null for events of all types. */
  readonly types: readonly string[] | null;
  readonly id: EventPath | null;
  readonly key: EventPath | null;
  /** Milliseconds, or a text in ISO 8601 form. */
  readonly time: EventPath;
  /**
   * How much earlier and later than its event a record may be, in milliseconds; null where records are recognised by their
   * id alone.
   */
  readonly within: { readonly earlier: number; readonly later: number } | null;
  /** The amount of the event is that of the record, times the factor. */
  readonly amount: { readonly path: EventPath; readonly factor: Decimal } | null;
  /** The records tell the type of their event. */
  readonly typed: boolean;
  /** Some records take earlier ones back. */
  readonly reversible: boolean;
  /** The events of this time are in the records, in milliseconds; null where nobody says: from the first record to the last. */
  readonly from: number | null;
  readonly until: number | null;
}
