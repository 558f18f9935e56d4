import type { RecordReader } from '../read/read-partition.js';
import type { WrittenBatch } from '../batches/batch-writer.js';

/** One partition of an output topic, as a publisher needs it: read to its end, and written in fenced transactions. */
export interface OutputPartition {
  /**
   * Begins a session. When it has begun, whatever an earlier session of the same transactional id had open is undone or
   * done, and no request of it that is still under way has an effect any more.
   * @throws what `PublishingSession` says
   */
  fence(): Promise<PublishingSession>;
  /** Whether something stands there that is not decided yet, as the broker says now. */
  isHeldBack(): Promise<boolean>;
  /**
   * One past the last offset at the time of the call, once everything before it is decided.
   * @throws RecoveryError `open-transaction` where another producer's transaction stays open too long
   */
  stableEnd(): Promise<number>;
  /** The records of a range; with `committed` only those that a read-committed consumer sees. */
  read(range: { readonly from: number; readonly to: number; readonly committed: boolean }): RecordReader;
}

/**
 * A producer with one transactional id, from its fence to the first failure. After any error it must be given up: whether
 * the last request had an effect is not known, and only the topic can tell.
 *
 * Every method throws `FencedSession` where another session has taken its place, `PassingFailure` where a new session may
 * go on, and a `RecoveryError` where none can.
 */
export interface PublishingSession {
  /**
   * Adds records to the transaction, which begins with the first of them.
   * @returns from where to before where they stand; other producers' records may stand in between
   */
  send(batches: readonly WrittenBatch[]): Promise<{ readonly from: number; readonly to: number }>;
  commit(): Promise<void>;
  /**
   * Undoes the transaction, where every `send` of it was answered. With a batch that may still be under way it would be
   * wrong: the mark that ends the transaction has the epoch of the batch, which would be taken behind it. Only a fence ends
   * such a transaction, since it raises the epoch first.
   *
   * Where nothing was sent, an empty transaction is undone all the same: its mark also ends what an earlier session wrote and
   * the broker left open, although the coordinator of transactions counts it as ended.
   */
  abort(): Promise<void>;
  /** Ends the session without a word to the broker; what is open stays so until the next fence, or its time limit. Never throws. */
  discard(): Promise<void>;
}

/** A session that another one of the same transactional id, or the time limit of its transaction, has ended. */
export class FencedSession extends Error {
  constructor(cause?: unknown) {
    super('another session has taken the place of this one', { cause });
    this.name = 'FencedSession';
  }
}
