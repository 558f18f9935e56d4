import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { KnownEvent } from './known-events.js';

/** What became of a record or an event. */
export type MatchOutcome =
  /** `doubtful`: not by an id, and an event that nobody holds could as well be what the record speaks of. */
  | { readonly kind: 'matched'; readonly record: number; readonly event: RecordedEventRef }
  | { readonly kind: 'doubtful'; readonly record: number; readonly event: UnsettledEvent }
  | { readonly kind: 'missing' | 'ambiguous-event'; readonly event: UnsettledEvent }
  | { readonly kind: 'repeated-event'; readonly event: RecordedEventRef }
  | {
      readonly kind: 'only-in-records' | 'not-comparable' | 'ambiguous-record' | 'twice';
      readonly record: number;
    }
  /** `first`: the row with the same id that it contradicts, and that has an outcome of its own. */
  | { readonly kind: 'contradicting'; readonly record: number; readonly first: number };

/** An event of which no record is surely the one. */
export type UnsettledEvent = RecordedEventRef & Pick<KnownEvent, 'id' | 'key' | 'time'>;
