import type { PublicationMode, PublicationTime } from './outbox.js';
import type { PublicationTarget } from './publication-target.js';

/** What of a run is to be published, and where. */
export interface PublicationRequest {
  readonly mode: PublicationMode;
  readonly target: PublicationTarget;
  /** `publication` by default. */
  readonly time?: PublicationTime;
  /** Corrections of these keys come first, and a publication with `chosenOnly` ends behind them. */
  readonly keys?: readonly string[];
  /** The time now, in milliseconds since 1970: that of the records, and nothing else depends on it. */
  readonly now: number;
  /** Writes through kafkajs' own producer. */
  readonly plainKafkajs?: boolean;
  /** How long a transaction may be open, in milliseconds; a minute by default. */
  readonly transactionTimeoutMs?: number;
}
