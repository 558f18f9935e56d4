import type { EventHeaders } from '../log/event-page.js';
import type { PartitionId } from '../log/partition-id.js';
import type { LongWork } from './strategy.js';

/** Lost events that nothing stands in for. */
export interface GapToEstimate {
  /** Offsets that no log holds: `from` is in it, `to` is not. */
  readonly gaps: readonly (PartitionId & { readonly from: number; readonly to: number })[];
  /** So many events are lost and not stood in for: at most, where nothing tells. */
  readonly events: number;
  /** When the state that the recovery begins at was taken, in milliseconds; null where nobody knows. */
  readonly baselineTime: number | null;
}

/** An event that may have been among the lost ones. */
export interface EstimatedEvent {
  readonly topic: string;
  readonly key: string | null;
  readonly headers: EventHeaders | null;
  /** JSON text. */
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * The port by which a strategy is handed estimates of what is lost. What it gives is applied in the order of its times, counted
 * beside the accounts of the log, and no value that rests on it is better than interpolated.
 */
export interface GapEstimator {
  /** Of the estimator, for people and for the source of its events. */
  readonly name: string;
  /**
   * The same events for the same request, seeds included: a plan pins them.
   * @returns null where it can say nothing; the loss then stays as it is
   */
  estimate(request: GapToEstimate, work: LongWork): Promise<readonly EstimatedEvent[] | null>;
}
