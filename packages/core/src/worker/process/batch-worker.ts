import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { RecoveryError } from '../../model/errors/recovery-error.js';
import type { HandlerEffects, StateView, WorkerBasis } from '../worker-instance.js';
import type { WorkerEvent } from '../worker.js';
import type { EventEffects } from './read-effects-answer.js';
import type { KeysOfEvent } from './read-keys-answer.js';

/** An event as it is sent: made once, sent as often as it has to be. */
export interface SentEvent {
  readonly event: WorkerEvent;
  readonly now: number;
  /** Its text in the message of a batch whose states go with it. */
  readonly text: string;
  /** The text of its value alone: as it stands in the log, or Base64 in quotes where that is not JSON. */
  readonly value: string;
  readonly isJson: boolean;
}

/** An event as a process that keeps states is sent it. */
export interface KeptEvent {
  readonly id: PartitionId;
  readonly page: EventPage;
  readonly index: number;
  /** Its effective time. */
  readonly clock: number;
  /** What is sent where that is not the text of its value as it stands in the log; null otherwise. */
  readonly special: SentEvent | RecoveryError | null;
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

/** What a process that keeps states made of a batch: all of its events, also those behind one that failed. */
export interface FoldedBatch {
  /** One entry an event: its keys, why it has none, or null for one that was skipped. */
  readonly keys: readonly (KeysOfEvent | null)[];
  /** One entry an event: null for one that was skipped or failed. */
  readonly effects: readonly (EventEffects | null)[];
  /** By place in the batch, why the handler failed on the event: it has no effect. */
  readonly failures: ReadonlyMap<number, string>;
}

/** An answer that is there, and not read yet: what is read early is held in memory for long. */
export interface UnreadAnswer<T> {
  /** To be called once, in the order of the questions. @throws ProcessBroken, AnswerRefused */
  read(): T;
  /** How long the process took for it, in milliseconds. */
  readonly tookMs: number;
}

/**
 * A process that keeps states between batches. Nothing of a batch counts before its answer is there and checked. Where one
 * is refused, or the process breaks, all that was sent behind it is void too, and so is what the process keeps: whoever sent
 * it makes a new keeper of the worker and goes on from the states that were collected last.
 */
export interface StateKeeper {
  /**
   * Sends events to be handled behind all that were sent before; several batches may be under way.
   * @param skip places of events to be left out
   * @param states asked for each key once, when the process meets it first
   * @throws ProcessBroken, AnswerRefused: see `isFaultOfAnswer`
   */
  fold(events: readonly KeptEvent[], skip: ReadonlySet<number>, states: StateView): Promise<UnreadAnswer<FoldedBatch>>;
  /**
   * The states that the batches sent before wrote since the last call; undefined for a deleted one.
   * @throws ProcessBroken, AnswerRefused
   */
  collect(): Promise<UnreadAnswer<ReadonlyMap<string, unknown>>>;
  /** How many keys the process has states of. */
  readonly kept: number;
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
  /** True for a process that can also keep states. */
  readonly keepsStates: boolean;
  /**
   * A process that keeps no state yet: a new one where none is at hand.
   * @throws RecoveryError `invalid-worker`
   */
  keeper(): Promise<StateKeeper>;
  /**
   * Notes that a keeper broke.
   * @throws RecoveryError `worker-protocol-violation` where processes broke too often with nothing handled in between
   */
  abandon(keeper: StateKeeper, fault: unknown): void;
  /**
   * Applies one event alone, which `sent` of this worker has made.
   * @throws RecoveryError what the event failed with
   */
  invoke(event: WorkerEvent, keys: readonly string[], now: number, states: StateView): Promise<HandlerEffects>;
}
