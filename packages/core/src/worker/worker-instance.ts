import type { EventPage } from '../model/log/event-page.js';
import type { PartitionId } from '../model/log/partition-id.js';
import type { Worker, WorkerEvent } from './worker.js';

/**
 * Where a handler's reads come from: the stored state of a key as JSON data, migrated, not yet decoded by the worker's
 * codec; or undefined.
 */
export interface StateView {
  read(key: string): unknown;
  /**
   * Which of other numbers `context.random()` gives, from 1; absent for those of a recovery. A service drew numbers of its own: what
   * holds with these only is not shown by what it recorded.
   */
  readonly draw?: number;
}

/** One output that a handler emitted, already proven to be plain JSON. */
export interface EmittedOutput {
  readonly output: string;
  readonly key: string;
  readonly businessId: string | null;
  /** A copy of what was emitted, which the handler has no hold of: to be read only. */
  readonly value: unknown;
}

/**
 * What one event did: nothing of it counts unless the whole call succeeded. The object, its lists and the entries of
 * `writes` are used again and hold until the next `invoke` of the instance; the outputs, keys and states may be kept.
 */
export interface HandlerEffects {
  /**
   * One entry a written key, in the order of the first write; `state` is undefined for a deletion. Proven to be plain JSON,
   * after the worker's codec.
   */
  readonly writes: readonly { readonly key: string; readonly state: unknown }[];
  readonly outputs: readonly EmittedOutput[];
  /** Keys whose states the handler read, in the order of the first read. */
  readonly reads: readonly string[];
  /** The handler asked for random numbers. Nothing is known of a process, which has none from here. */
  readonly drew?: boolean;
}

/** What a worker that is ready to be used can be asked, however it is called. */
export interface WorkerBasis {
  readonly worker: Worker;
  /** A stored state as the worker's own functions (invariants, measures, normalise) expect it: decoded where there is a codec. */
  decodeState(stored: unknown): unknown;
  /**
   * The business id that the worker's deduplication goes by; null where it has none.
   * @throws RecoveryError `worker-failed`
   */
  deduplicationId(event: WorkerEvent): string | null;
  /**
   * How often -0 became 0 in states and outputs of calls that succeeded, since the instance was made. Whoever repeats a call
   * sets it back.
   */
  readonly negativeZeros: number;
  /** Ends what was started for it. */
  close(): Promise<void>;
}

/**
 * A worker made ready to be called: upcasters, validity ranges, initial states, lookups, random numbers and all checks of
 * what goes in and comes out are applied here, so that the engine and the plain verification call it in one way.
 */
export interface WorkerInstance extends WorkerBasis {
  readonly mode: 'events';
  /**
   * Makes the handler's event of one entry of a page.
   * @throws RecoveryError `undecodable-event` when it cannot be decoded.
   */
  event(page: EventPage, index: number, partition: PartitionId): WorkerEvent;
  /** The keys that the event names, without repeats. @throws RecoveryError `invalid-event-keys`, `worker-failed` */
  keys(event: WorkerEvent): readonly string[];
  /**
   * Applies the event. `now` is the effective time. Synchronous unless the handler is async. Throws what `states.read`
   * throws as it is when it is a RecoveryError.
   * @throws RecoveryError `worker-failed`, `non-json-value`, `undeclared-key`, `input-mutated`,
   *   `invalid-handler-result`, `no-valid-worker-version`, `invalid-reference-data` - as a rejection where the handler
   *   is async.
   */
  invoke(
    event: WorkerEvent,
    keys: readonly string[],
    now: number,
    states: StateView,
  ): HandlerEffects | Promise<HandlerEffects>;
  negativeZeros: number;
  /**
   * Freezes what goes in from now on, so that a handler that changes its input throws `input-mutated`. Costs about a
   * quarter of the speed: meant for a part of the events.
   */
  freezeInputs(freeze: boolean): void;
}
