/** In which order the partitions of a log are put together. Inside a partition the offset order is never broken. */
export type OrderSpec =
  /** Canonical: by timestamp, then partition, then offset; a missing or falling time is carried from the watermark. */
  | { readonly by: 'time'; readonly maxStepMs: number }
  /** By a field of the value: a number or a text of digits, at a dotted path. */
  | { readonly by: 'field'; readonly path: string }
  /** As the live service did it, recorded as a list of events. */
  | { readonly by: 'recorded'; readonly file: string };

/** A time more than this above the watermark needs the confirmation of the events behind it. */
export const defaultMaxStepMs = 24 * 3600 * 1000;

/** How many of the following events of the partition are asked whether they confirm a large step of time. */
export const confirmationWindow = 100;

/** What the order had to do about times (or order values) that could not be used as they stood. */
export interface OrderCounts {
  readonly missing: number;
  /** Below the watermark: carried. */
  readonly falling: number;
  /** Negative times, which count as missing. */
  readonly negative: number;
  /** Large steps that the following events did not confirm, which count as missing. */
  readonly unconfirmed: number;
  /** Equal to the watermark and so ordered by partition and offset. */
  readonly equal: number;
}
