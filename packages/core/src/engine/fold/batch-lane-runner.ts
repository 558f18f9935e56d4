import { errorCatalogue } from '../../model/errors/error-catalogue.js';
import type { PartitionLedger } from '../accounts/partition-ledger.js';
import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { AppliedBatch, BatchWorker, SentBatch, SentEvent } from '../../worker/process/batch-worker.js';
import type { HandlerEffects } from '../../worker/worker-instance.js';
import { takeFact } from './assign-fact.js';
import { BatchSize } from './batch-size.js';
import { gatherEvent, gatherFact, type Gathered, type GatheredEvent, type GatheredFact } from './gathered-event.js';
import { judgeBatch, type Judgement } from './judge-batch.js';
import { LaneCommits } from './lane-commits.js';
import type { Lane, LaneOptions, LaneStop } from './lane.js';
import { ForcedEvents, quarantineBlocked, quarantineEvent } from './quarantine-event.js';
import { settleEvent } from './settle-event.js';
import { isFaultOfEvent } from './worker-fault.js';

/** Where a partition stands behind its last booked event; the cursor of the path is ahead of it. */
export interface BookedStanding {
  readonly id: PartitionId;
  watermark: number;
  lastClock: number;
}

export interface BatchLaneOptions extends LaneOptions {
  readonly worker: BatchWorker;
  /** One a cursor of the path; the ledger commits them. */
  readonly standings: readonly BookedStanding[];
}

/** Events that were taken off the path together, and those of them that the worker was sent. */
interface Batch {
  readonly events: readonly GatheredEvent[];
  readonly sent: SentBatch;
}

/** Facts that follow each other: the events behind them are another batch, so that the worker sees what they set. */
interface FactBatch {
  readonly facts: readonly GatheredFact[];
}

/** Characters of events in one batch, from which on no more are added. */
const maxBatchLength = 8 * 1024 * 1024;

/**
 * Runs one lane with a worker that is asked in batches. While the worker handles a batch, the events of the next are read
 * and sent ahead. Each event is booked as it is where events are handled one by one; only the states between the events of
 * a batch are never seen, and commits fall between batches.
 */
export class BatchLaneRunner implements Lane {
  readonly #options: BatchLaneOptions;
  readonly #worker: BatchWorker;
  readonly #forced: ForcedEvents;
  readonly #commits: LaneCommits;
  readonly #size = new BatchSize();
  #ahead: Batch | FactBatch | null = null;
  #holding = false;

  constructor(options: BatchLaneOptions) {
    this.#options = options;
    this.#worker = options.worker;
    this.#forced = new ForcedEvents(options.forcedQuarantines);
    this.#commits = new LaneCommits(options, options.worker);
  }

  async runUntil(cuts: ArrayLike<number>, atCut: 'stop' | 'hold' = 'stop'): Promise<LaneStop> {
    this.#holding = atCut === 'hold';
    const { control, lane } = this.#options;
    control.beginLane(lane);
    // Whoever supervises is to leave the worker alone: its host applies the time limits.
    control.idle();
    for (;;) {
      let batch = this.#ahead ?? (await this.#gather(cuts));
      if (batch === null) return this.#commits.finish(cuts);
      this.#ahead = null;
      while (batch !== null) {
        if ('facts' in batch) batch = this.#takeFacts(batch);
        else batch = await this.#handle(batch, cuts);
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
    const { path } = this.#options;
    const events: GatheredEvent[] = [];
    const facts: GatheredFact[] = [];
    let length = 0;
    const limit = Math.min(this.#size.events, this.#options.batchEvents);
    while (events.length + facts.length < limit && length < maxBatchLength) {
      if (path.mustLoad) {
        const loading = path.load();
        if (loading !== undefined) await loading;
        continue;
      }
      const cursor = path.head;
      if (cursor === null) break;
      if ((cursor.offsets[cursor.index] as number) >= (cuts[cursor.place] as number)) {
        if (!this.#holding) break;
        path.hold();
        continue;
      }
      const isFact = this.#options.facts?.has(cursor.place) === true;
      if (isFact ? events.length > 0 : facts.length > 0) break;
      if (isFact) {
        facts.push(gatherFact(cursor));
        path.step();
        continue;
      }
      const event = gatherEvent(cursor, this.#worker);
      if (!isRecoveryError(event.sent)) length += event.sent.text.length;
      events.push(event);
      path.step();
    }
    if (facts.length > 0) return { facts };
    return events.length === 0 ? null : this.#send(events);
  }

  #takeFacts({ facts }: FactBatch): null {
    const { ledger } = this.#options;
    for (const fact of facts) {
      const account = ledger.ledgers[fact.place] as PartitionLedger;
      this.#commits.pending++;
      this.#moveTo(fact);
      if (fact.offset < account.next) {
        account.repeated++;
        continue;
      }
      if (fact.offset !== account.next) this.#commits.cross(account.passOverTo(fact.offset));
      takeFact(this.#options, account, fact.offset, fact.key, fact.segment, fact.fact);
      this.#bookFlag(fact, account);
    }
    return null;
  }

  #bookFlag({ flag }: Gathered, account: PartitionLedger): void {
    const { orderFlags } = this.#options.ledger;
    orderFlags[flag] = (orderFlags[flag] as number) + 1;
    account.next++;
  }

  #send(events: readonly GatheredEvent[]): Batch {
    const sent = events.flatMap(({ sent }) => (isRecoveryError(sent) ? [] : [sent]));
    return { events, sent: this.#worker.send(sent) };
  }

  /** Handles a batch and books what came of it; what is left of it where an event failed. */
  async #handle(batch: Batch, cuts: ArrayLike<number>): Promise<Batch | null> {
    const { cache } = this.#options.ledger;
    const named = await this.#worker.keys(batch.sent);
    const judgements = judgeBatch(batch.events, named, this.#options, this.#worker, this.#forced);
    const started = performance.now();
    const applying = this.#worker.apply(batch.sent, skippedPlaces(batch.events, judgements), {
      read: (key) => cache.get(key).state,
    });
    // It is awaited below, but the log may fail before that.
    applying.catch(() => undefined);
    this.#ahead ??= await this.#gather(cuts);
    const applied = await applying;
    this.#size.note(batch.events.length, performance.now() - started);
    const booked = this.#book(batch.events, judgements, applied);
    return booked === batch.events.length ? null : this.#send(batch.events.slice(booked));
  }

  /** Books events in their order, up to and with the first that failed. @returns how many */
  #book(events: readonly GatheredEvent[], judgements: readonly Judgement[], applied: AppliedBatch): number {
    const { ledger } = this.#options;
    let answered = 0;
    for (const [place, event] of events.entries()) {
      const judgement = judgements[place] as Judgement;
      const { sent } = event;
      const answer = isRecoveryError(sent) ? null : answered++;
      const account = ledger.ledgers[event.place] as PartitionLedger;
      this.#commits.pending++;
      this.#moveTo(event);
      if (judgement.kind === 'repeated') {
        account.repeated++;
        continue;
      }
      if (event.offset !== account.next) this.#commits.cross(account.passOverTo(event.offset));
      const failed = judgement.kind === 'apply' && answer === applied.effects.length;
      if (failed) this.#quarantine(account, judgement.entries, applied.failure as RecoveryError);
      else
        this.#bookOne(account, event, judgement, answer === null ? null : (applied.effects[answer] ?? null), applied);
      this.#bookFlag(event, account);
      if (failed) return place + 1;
    }
    return events.length;
  }

  #bookOne(
    account: PartitionLedger,
    { sent, segment }: GatheredEvent,
    judgement: Exclude<Judgement, { readonly kind: 'repeated' }>,
    effects: AppliedBatch['effects'][number],
    { states }: AppliedBatch,
  ): void {
    const { ledger } = this.#options;
    switch (judgement.kind) {
      case 'skip':
        account.skip(judgement.reason);
        if (judgement.enters) ledger.window?.enter(judgement.businessId);
        return;
      case 'failed':
        this.#quarantine(account, [], judgement.error);
        return;
      case 'forced':
        quarantineEvent(
          this.#options,
          account,
          judgement.entries,
          errorCatalogue['worker-timeout'].number,
          judgement.reason,
        );
        return;
      case 'blocked':
        quarantineBlocked(this.#options, account, judgement.entries, judgement.blocking);
        return;
      case 'apply': {
        const { event, now } = sent as SentEvent;
        const done = effects as NonNullable<typeof effects>;
        // The state behind the whole batch: nobody looks at it before the batch is booked.
        const writes = done.writes.map((key) => ({ key, state: states.get(key) }));
        const whole: HandlerEffects = { writes, outputs: done.outputs, reads: done.reads };
        settleEvent(ledger, judgement.entries, segment, event, now, whole);
        account.applied++;
        this.#options.observer?.applied(event, now, judgement.entries, done.outputs);
        ledger.window?.enter(judgement.businessId);
        return;
      }
    }
  }

  #quarantine(account: PartitionLedger, entries: Parameters<typeof quarantineEvent>[2], error: RecoveryError): void {
    if (this.#options.poison === 'stop' || !isFaultOfEvent(error)) throw error;
    quarantineEvent(this.#options, account, entries, error.number, error.message);
  }

  #moveTo({ place, order, clock }: Gathered): void {
    const standing = this.#options.standings[place] as BookedStanding;
    standing.watermark = order;
    standing.lastClock = clock;
  }
}

/** Places among the sent events of those that are not to be handled. */
function skippedPlaces(events: readonly GatheredEvent[], judgements: readonly Judgement[]): ReadonlySet<number> {
  const sent = judgements.filter((_, place) => !isRecoveryError((events[place] as GatheredEvent).sent));
  return new Set(sent.flatMap(({ kind }, place) => (kind === 'apply' ? [] : [place])));
}
