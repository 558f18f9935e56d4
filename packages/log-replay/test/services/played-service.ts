import type { RecordedEventRef } from '@eventmend/core/engine';
import type { PlantedMistake, PlayedEvent, SentRow } from './played-event.js';
import type { ServiceDesign } from './service-design.js';

/** A service that was played, with everything that it left behind, and what it did wrong. */
export interface PlayedService {
  readonly design: ServiceDesign;
  readonly events: readonly PlayedEvent[];
  /** Offsets that the log lacks, or that nobody can read. */
  readonly lacks: {
    readonly topic: string;
    readonly partition: number;
    readonly from: number;
    readonly to: number;
  } | null;
  readonly rows: readonly SentRow[] | null;
  readonly ledger: readonly { readonly event: RecordedEventRef; readonly time: number }[] | null;
  readonly start: {
    readonly position: ReadonlyMap<string, number>;
    readonly states: ReadonlyMap<string, unknown>;
  } | null;
  readonly live: ReadonlyMap<string, unknown> | null;
  /** The states that it would be in had it done nothing wrong, in the order in which it came to the events. */
  readonly unharmed: ReadonlyMap<string, unknown>;
  readonly saidFrom: number | null;
  readonly mistakes: readonly PlantedMistake[];
}
