import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { AppliedBatch, BatchWorker, SentBatch } from '../../worker/process/batch-worker.js';
import { BatchBooks, type Outcome } from './batch-books.js';
import type { BatchLaneOptions } from './batch-lane-options.js';
import { BatchSize } from './batch-size.js';
import { BatchGatherer, type FactBatch } from './gather-batch.js';
import type { GatheredEvent } from './gathered-event.js';
import { judgeBatch, type Judgement } from './judge-batch.js';
import { KeptStates } from './kept-states.js';
import { LaneCommits } from './lane-commits.js';
import type { Lane, LaneStop } from './lane.js';
import { ForcedEvents } from './quarantine-event.js';

/** Events that were taken off the path together, and those of them that the worker was sent. */
interface Batch {
  readonly events: readonly GatheredEvent[];
  readonly sent: SentBatch;
}

/**
 * Runs one lane with a worker that is asked in batches, and leaves it to `KeptStates` where the process keeps states and
 * nothing has to be decided between its keys and its handler. Otherwise, while the worker handles a batch, the events of
 * the next are read and sent ahead. Only the states between the events of a batch are never seen, and commits fall between
 * batches.
 */
export class BatchLaneRunner implements Lane {
  readonly #options: BatchLaneOptions;
  readonly #worker: BatchWorker;
  readonly #forced: ForcedEvents;
  readonly #commits: LaneCommits;
  readonly #books: BatchBooks;
  readonly #gatherer: BatchGatherer;
  readonly #size = new BatchSize();
  readonly #kept: KeptStates;
  #ahead: Batch | FactBatch | null = null;
  #holding = false;

  constructor(options: BatchLaneOptions) {
    this.#options = options;
    this.#worker = options.worker;
    this.#forced = new ForcedEvents(options.forcedQuarantines);
    this.#commits = new LaneCommits(options, options.worker);
    this.#books = new BatchBooks(options, options.standings, this.#commits);
    this.#gatherer = new BatchGatherer(options, options.worker);
    this.#kept = new KeptStates(options, {
      commits: this.#commits,
      books: this.#books,
      gatherer: this.#gatherer,
      forced: this.#forced,
      handleAlone: (events) => this.#handleAlone(events),
    });
  }

  async runUntil(cuts: ArrayLike<number>, atCut: 'stop' | 'hold' = 'stop'): Promise<LaneStop> {
    this.#holding = atCut === 'hold';
    const { control, lane } = this.#options;
    control.beginLane(lane);
    // Whoever supervises is to leave the worker alone: its host applies the time limits.
    control.idle();
    for (;;) {
      if (this.#ahead === null && this.#kept.isPossible) {
        const stop = await this.#kept.runUntil(cuts, this.#holding);
        if (stop !== 'otherwise') return stop;
      }
      let batch = this.#ahead ?? (await this.#gather(cuts));
      if (batch === null) return this.#commits.finish(cuts);
      this.#ahead = null;
      while (batch !== null) {
        if ('facts' in batch) {
          this.#books.takeFacts(batch);
          batch = null;
        } else batch = await this.#handle(batch, cuts);
      }
      if (this.#commits.due) {
        this.#commits.commit(false);
        if (control.stopRequested) return 'interrupted';
      }
    }
  }

  markDone(): void {
    this.#commits.commit(true);
  }

  close(): void {
    this.#options.path.close();
  }

  /** Takes the next events off the path and sends them; null at the cut or the end of the path. */
  async #gather(cuts: ArrayLike<number>): Promise<Batch | FactBatch | null> {
    const limit = Math.min(this.#size.events, this.#options.batchEvents);
    const gathered = await this.#gatherer.next(limit, cuts, this.#holding);
    return gathered === null || 'facts' in gathered ? gathered : this.#send(gathered.events);
  }

  #send(events: readonly GatheredEvent[]): Batch {
    const sent = events.flatMap(({ sent }) => (isRecoveryError(sent) ? [] : [sent]));
    return { events, sent: this.#worker.send(sent) };
  }

  /** Events that no kept states can be trusted with. */
  async #handleAlone(events: readonly GatheredEvent[]): Promise<void> {
    let batch: Batch | null = this.#send(events);
    while (batch !== null) batch = await this.#handle(batch, null);
  }

  /**
   * Handles a batch and books what came of it.
   * @param cuts null where nothing is to be sent ahead
   * @returns what is left of it where an event failed
   */
  async #handle(batch: Batch, cuts: ArrayLike<number> | null): Promise<Batch | null> {
    const { cache } = this.#options.ledger;
    const named = await this.#worker.keys(batch.sent);
    const judgements = judgeBatch(batch.events, named, this.#options, this.#worker, this.#forced);
    const started = performance.now();
    const applying = this.#worker.apply(batch.sent, skippedPlaces(batch.events, judgements), {
      read: (key) => cache.get(key).state,
    });
    // It is awaited below, but the log may fail before that.
    applying.catch(() => undefined);
    if (cuts !== null) this.#ahead ??= await this.#gather(cuts);
    const applied = await applying;
    this.#size.note(batch.events.length, performance.now() - started);
    const booked = this.#book(batch.events, judgements, applied);
    return booked === batch.events.length ? null : this.#send(batch.events.slice(booked));
  }

  /** Books events in their order, up to and with the first that failed. @returns how many */
  #book(events: readonly GatheredEvent[], judgements: readonly Judgement[], applied: AppliedBatch): number {
    let answered = 0;
    for (const [place, event] of events.entries()) {
      const answer = isRecoveryError(event.sent) ? null : answered++;
      const outcome = outcomeOf(judgements[place] as Judgement, answer, applied);
      this.#books.book(event, outcome);
      if (outcome.kind === 'failed') return place + 1;
    }
    return events.length;
  }
}

/** @param answer the place of the event among those that were sent; null where it was not */
function outcomeOf(judgement: Judgement, answer: number | null, applied: AppliedBatch): Outcome {
  if (judgement.kind !== 'apply') return { kind: 'judged', judgement };
  const { entries, businessId } = judgement;
  if (answer === applied.effects.length) {
    return { kind: 'failed', entries, error: applied.failure as RecoveryError };
  }
  const done = (answer === null ? null : applied.effects[answer]) as NonNullable<AppliedBatch['effects'][number]>;
  // The state behind the whole batch: nobody looks at it before the batch is booked.
  const writes = done.writes.map((key) => ({ key, state: applied.states.get(key) }));
  return { kind: 'applied', entries, businessId, effects: { writes, outputs: done.outputs, reads: done.reads } };
}

/** Places among the sent events of those that are not to be handled. */
function skippedPlaces(events: readonly GatheredEvent[], judgements: readonly Judgement[]): ReadonlySet<number> {
  const sent = judgements.filter((_, place) => !isRecoveryError((events[place] as GatheredEvent).sent));
  return new Set(sent.flatMap(({ kind }, place) => (kind === 'apply' ? [] : [place])));
}
