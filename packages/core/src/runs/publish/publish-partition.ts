import { setTimeout as sleep } from 'node:timers/promises';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import { PassingFailure } from '../../sources/kafka/cluster/patience.js';
import {
  FencedSession,
  type OutputPartition,
  type PublishingSession,
} from '../../sources/kafka/publish/output-topic.js';
import { foreignKey, TailMatcher, type ForeignKeys, type TailSettings } from './match-tail.js';
import { MeanwhileWritten } from './meanwhile-written.js';
import { nextChunk, type Chunk, type ChunkLimits } from './next-chunk.js';

/** Time, so that tests can do without. */
interface PublishingClock {
  now(): number;
  pause(ms: number): Promise<void>;
}

export interface PartitionPublication extends TailSettings {
  readonly partition: OutputPartition;
  /** Where the partition ended when the outbox was sealed. */
  readonly start: number;
  /** Rows before this one are published, no more. */
  readonly limit: number;
  readonly limits: ChunkLimits;
  /** How long a transaction may be open before the broker ends it, in milliseconds. */
  readonly transactionTimeoutMs: number;
  /** How long to go on without getting any further, in milliseconds. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal;
  readonly clock?: PublishingClock;
  /** Called before each transaction, and may wait. */
  readonly beforeChunk?: (chunk: Chunk) => Promise<void>;
  /** Called when rows are known to be in the topic. */
  readonly onPublished?: (rows: number) => void;
}

const realClock: PublishingClock = { now: () => performance.now(), pause: (ms) => sleep(ms) };
const firstPauseMs = 20;
const longestPauseMs = 1000;

/**
 * Publishes the rows of a partition, each exactly once, whatever dies: fence, then look how far the topic has come, then
 * send what is behind that in transactions. Nothing that this process remembers decides what is sent, and after any failure
 * it begins with a fence again.
 * @throws RecoveryError `fenced-by-another-process`, `publication-mismatch`, `kafka-unreachable`, `open-transaction`,
 *   `log-changed`, `publication-refused`, `kafka-permission-denied`, `interrupted`
 */
export async function publishPartition(publication: PartitionPublication): Promise<void> {
  await new PartitionPublisher(publication).publish();
}

/** Reads the partition from where it was sealed to its end, and holds it against the outbox. */
export async function readTail(
  publication: TailSettings & Pick<PartitionPublication, 'partition' | 'start' | 'signal'>,
): Promise<{ readonly tail: TailMatcher; readonly end: number }> {
  const { partition, start, signal } = publication;
  const end = await partition.stableEnd();
  const tail = new TailMatcher(publication);
  const reader = partition.read({ from: start, to: end, committed: true });
  try {
    for (let page = await reader.next(); page !== null; page = await reader.next()) {
      tail.take(page);
      refuseIfStopped(signal);
    }
  } finally {
    reader.close();
  }
  return { tail, end };
}

class PartitionPublisher {
  readonly #publication: PartitionPublication;
  readonly #clock: PublishingClock;
  /** One past the last row that may be in the topic as far as this process has to do with it; null before the first look. */
  #known: number | null = null;
  /** An earlier fence of this process failed, and may still come into effect. */
  #strayFence = false;
  /** One past the last row that is known to be in the topic. */
  #published = 0;
  #begunAt = 0;

  constructor(publication: PartitionPublication) {
    this.#publication = publication;
    this.#clock = publication.clock ?? realClock;
  }

  async publish(): Promise<void> {
    let pause = firstPauseMs;
    let failingSince: number | null = null;
    for (;;) {
      refuseIfStopped(this.#publication.signal);
      const before = this.#published;
      const failure = await this.#attempt();
      if (failure === null) return;
      const now = this.#clock.now();
      // To look at the topic and find what was found before is no progress, however often it works.
      if (failingSince === null || this.#published > before) {
        pause = firstPauseMs;
        failingSince = now;
      }
      if (now - failingSince > this.#publication.patienceMs) throw this.#gaveUp(failure);
      await this.#clock.pause(pause);
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }

  /** From a fence to the end or the first failure; null at the end. */
  async #attempt(): Promise<Error | null> {
    const session = await this.#fence();
    if (session instanceof PassingFailure) return session;
    try {
      return await this.#publishIn(session);
    } catch (error) {
      if (error instanceof FencedSession) {
        if (this.#wasTakenOver()) throw takenOver(this.#publication, error);
        return error;
      }
      if (error instanceof PassingFailure) return error;
      throw error;
    } finally {
      await session.discard();
    }
  }

  async #fence(): Promise<PublishingSession | PassingFailure> {
    try {
      return await this.#publication.partition.fence();
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      this.#strayFence = true;
      return error;
    }
  }

  /**
   * Behind a fence nothing of ours should be open. A broker may have forgotten a marker that its coordinator takes for written
   * (KAFKA-20734), and for as long as it is coming back it forgets the next one too; no time ends such a transaction, and what stands in it
   * counts as not sent. Where it is another producer's that is open, a few markers more do no harm.
   */
  async #endForgotten(session: PublishingSession): Promise<void> {
    const { partition, signal } = this.#publication;
    for (let pause = firstPauseMs; pause < 2 * longestPauseMs && (await partition.isHeldBack()); pause *= 2) {
      refuseIfStopped(signal);
      await session.abort();
      await this.#clock.pause(pause);
    }
  }

  async #publishIn(session: PublishingSession): Promise<Error | null> {
    const { rows, limit, limits, onPublished, beforeChunk, signal } = this.#publication;
    await this.#endForgotten(session);
    const { tail, end } = await readTail(this.#publication);
    const found = tail.next;
    if (this.#known !== null && found > this.#known) throw takenOver(this.#publication);
    this.#advance(found);
    onPublished?.(tail.found);
    const meanwhile = new MeanwhileWritten(this.#publication, end);
    let next = found;
    let sentTo: number | null = null;
    while (next < limit) {
      refuseIfStopped(signal);
      const chunk = nextChunk(rows, next, limit, limits);
      const newer = newerOf(chunk, tail.foreignKeys);
      if (newer.length > 0) {
        rows.drop(newer);
        continue;
      }
      if (chunk.records > 0) {
        await beforeChunk?.(chunk);
        this.#begunAt = this.#clock.now();
        this.#known = Math.max(this.#known ?? 0, chunk.to);
        const sent = await session.send(chunk.batches);
        await meanwhile.look(chunk.records, sent);
        if (rows.hasGuarded) {
          if (chunk.guarded.some(({ key }) => meanwhile.keys.has(key))) {
            await session.abort();
            return new PassingFailure('another producer wrote the same key meanwhile');
          }
        }
        await session.commit();
        sentTo = sent.to;
        this.#strayFence = false;
        onPublished?.(chunk.records);
      }
      next = chunk.to;
      this.#advance(next);
    }
    return sentTo === null ? null : await this.#seeCommitted(sentTo);
  }

  /**
   * A commit is answered before its marker is written. Where the last marker stays away, a new session ends the transaction;
   * whoever stands in the topic with the last transaction of a session stands there with all of them.
   */
  async #seeCommitted(to: number): Promise<Error | null> {
    const { partition } = this.#publication;
    try {
      await partition.stableEnd();
    } catch (error) {
      if (!isRecoveryError(error) || error.code !== 'open-transaction') throw error;
      return new PassingFailure('the last transaction may have been left open', error);
    }
    const reader = partition.read({ from: to - 1, to, committed: true });
    try {
      const page = await reader.next();
      return page === null || page.length === 0 ? new PassingFailure('the last transaction was undone') : null;
    } finally {
      reader.close();
    }
  }

  #advance(to: number): void {
    if (this.#known === null || to > this.#known) this.#known = to;
    this.#published = Math.max(this.#published, to);
  }

  /** The broker ends a transaction that is open too long in the same way as another session does. */
  #wasTakenOver(): boolean {
    return !this.#strayFence && this.#clock.now() - this.#begunAt < this.#publication.transactionTimeoutMs;
  }

  #gaveUp(failure: Error): Error {
    const { topic, rows, patienceMs } = this.#publication;
    const seconds = Math.round(patienceMs / 1000);
    return new RecoveryError(
      'kafka-unreachable',
      `${topic}[${rows.partition}]: publishing got no further for ${seconds} s`,
      {
        hint: 'run the same command again when the cluster is well: it goes on where the topic shows it to be',
        cause: failure.cause ?? failure,
        details: { topic, partition: rows.partition },
      },
    );
  }
}

function newerOf(chunk: Chunk, foreign: ForeignKeys): readonly { readonly seq: number; readonly newerAt: number }[] {
  if (foreign.size === 0) return [];
  return chunk.guarded.flatMap(({ seq, output, key }) => {
    const newerAt = foreign.get(foreignKey(output, key)) ?? foreign.get(foreignKey(null, key));
    return newerAt === undefined ? [] : [{ seq, newerAt }];
  });
}

function takenOver({ topic, rows }: TailSettings, cause?: unknown): RecoveryError {
  return new RecoveryError(
    'fenced-by-another-process',
    `${topic}[${rows.partition}]: another process publishes this run`,
    {
      hint: 'let that one finish; run the same command again to see that all is published',
      details: { topic, partition: rows.partition },
      ...(cause !== undefined && { cause }),
    },
  );
}

export function refuseIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new RecoveryError(
    'interrupted',
    'publishing was stopped between two transactions; nothing is lost or doubled',
    {
      hint: 'run the same command again: it goes on where the topic shows it to be',
    },
  );
}
