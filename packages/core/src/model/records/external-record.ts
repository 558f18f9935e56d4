import type { Decimal } from './decimal.js';

/** A record of another system: a payment in a bank's export, say. */
export interface ExternalRecord {
  /** Its place among all rows of the source, from 0. */
  readonly seq: number;
  readonly id: string | null;
  readonly key: string | null;
  /** Milliseconds since 1970; null for none. */
  readonly time: number | null;
  readonly amount: Decimal | null;
  /** The type of the event that it stands for; null where the source does not tell. */
  readonly type: string | null;
  /** It takes an earlier record back. */
  readonly reversal: boolean;
}
