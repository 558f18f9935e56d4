import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { RecoveryError } from '../../model/errors/recovery-error.js';
import type { HandlerEffects, StateView, WorkerBasis } from '../worker-instance.js';
import type { WorkerEvent } from '../worker.js';
import type { EventEffects } from './read-effects-answer.js';

/** An event as it is sent: made once, sent as often as it has to be. */
export interface SentEvent {
  readonly event: WorkerEvent;
  readonly now: number;
  /** Its text in the message. */
  readonly text: string;
}

/** Events that were sent together; only the worker that made it looks inside. */
export interface SentBatch {
  readonly events: readonly SentEvent[];
}

/** The keys of an event, or the fault for which it has none. */
export type NamedKeys =
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'failed'; readonly error: RecoveryError };

export interface AppliedBatch {
  /** One entry for each event that was gone through, null for a skipped one; fewer than were sent where one failed. */
  readonly effects: readonly (EventEffects | null)[];
  /** The states that these events wrote, as the last of them left each; undefined for a deleted one. */
  readonly states: ReadonlyMap<string, unknown>;
  /**
   * Why the event behind the last of `effects` failed: `worker-failed`, `worker-timeout`, `non-json-value` or
   * `undeclared-key`. Null where none did.
   */
  readonly failure: RecoveryError | null;
}

/**
 * A worker that is asked in batches, because each question costs a way to another process. What a batch did is the same
 * however the events are cut into batches; only the states between its events are never seen.
 *
 * A batch is sent, then its keys are asked for, then it is applied: one after the other, but the events of one more batch
 * may be sent while another is being applied.
 */
export interface BatchWorker extends WorkerBasis {
  readonly mode: 'batches';
  /**
   * Makes what is sent of one entry of a page.
   * @throws RecoveryError `undecodable-event` above the limits of an event.
   */
  sent(page: EventPage, index: number, partition: PartitionId, now: number): SentEvent;
  /** Sends the events ahead. Their keys are asked for later. */
  send(events: readonly SentEvent[]): SentBatch;
  /**
   * @throws RecoveryError `invalid-worker`, `nondeterministic-worker`, `worker-protocol-violation`: what no policy
   *   excuses
   */
  keys(batch: SentBatch): Promise<readonly NamedKeys[]>;
  /**
   * Handles the events one after the other, those of `skip` left out. Nothing of it counts before it comes back.
   * @param skip places in the batch; those of events without keys are among them
   * @throws RecoveryError `invalid-worker`, `nondeterministic-worker`, `worker-protocol-violation`: what no policy
   *   excuses
   */
  apply(batch: SentBatch, skip: ReadonlySet<number>, states: StateView): Promise<AppliedBatch>;
  /**
   * Applies one event alone, which `sent` of this worker has made.
   * @throws RecoveryError what the event failed with
   */
  invoke(event: WorkerEvent, keys: readonly string[], now: number, states: StateView): Promise<HandlerEffects>;
}
