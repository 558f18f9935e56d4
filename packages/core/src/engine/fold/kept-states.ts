import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import { handlerFailure, isFaultOfAnswer, nameKeys } from '../../worker/process/blame-event.js';
import type { FoldedBatch, SentEvent, StateKeeper, UnreadAnswer } from '../../worker/process/batch-worker.js';
import { ProcessBroken, type AnswerRefused } from '../../worker/process/process-fault.js';
import type { EventEffects } from '../../worker/process/read-effects-answer.js';
import type { KeysOfEvent } from '../../worker/process/read-keys-answer.js';
import type { BatchBooks, Outcome } from './batch-books.js';
import type { BatchLaneOptions } from './batch-lane-options.js';
import { BatchSize } from './batch-size.js';
import type { BatchGatherer, FactBatch } from './gather-batch.js';
import type { GatheredEvent } from './gathered-event.js';
import { EventsAhead, type Ahead } from './events-ahead.js';
import type { LaneCommits } from './lane-commits.js';
import type { LaneStop } from './lane.js';
import type { ForcedEvents } from './quarantine-event.js';
import { repeatWindow } from './repeat-window.js';
import { RepeatedWindows } from './repeated-windows.js';
import { UnexplainedFaults } from './unexplained-faults.js';

/** What the runner of a lane shares with it. */
export interface KeptStatesParts {
  readonly commits: LaneCommits;
  readonly books: BatchBooks;
  readonly gatherer: BatchGatherer;
  readonly forced: ForcedEvents;
  /** Handles and books events by the messages that need no memory, with the states that the ledger has. */
  readonly handleAlone: (events: readonly GatheredEvent[]) => Promise<void>;
}

interface SentBatch {
  readonly kind: 'batch';
  readonly events: readonly GatheredEvent[];
  readonly ahead: readonly Ahead[];
  /** Those of them that were sent. */
  readonly sent: readonly GatheredEvent[];
  readonly answer: Promise<UnreadAnswer<FoldedBatch>>;
}

interface SentCollect {
  readonly kind: 'collect';
  readonly repeat: boolean;
  readonly answer: Promise<UnreadAnswer<ReadonlyMap<string, unknown>>>;
}

type AnsweredBatch = Omit<SentBatch, 'answer'> & { readonly answer: UnreadAnswer<FoldedBatch> };

type ReadBatch = Omit<SentBatch, 'answer'> & { readonly folded: FoldedBatch };

/** Batches under way, so that the process has the next while the answers to those before are booked. */
const batchesUnderWay = 3;

/** Events between two collections of states: so many are held in memory, and handled again where the process is lost. */
const windowEvents = 16_384;

/**
 * Runs a lane with a process that keeps the states: one way to and fro a batch, several batches under way. Every few batches
 * the states that they wrote are collected; only then are their events booked, all at once, and commits fall there. So
 * where a process is lost, or an answer of it is refused, nothing of the events since has counted, and they are handled
 * anew by the messages that need no memory, which find the one to blame.
 */
export class KeptStates {
  readonly #options: BatchLaneOptions;
  readonly #parts: KeptStatesParts;
  readonly #size = new BatchSize();
  readonly #repeats = new RepeatedWindows();
  readonly #ahead: EventsAhead;
  readonly #unexplained: UnexplainedFaults;
  #keeper: StateKeeper | null = null;
  #queue: (SentBatch | SentCollect)[] = [];
  /** Handled, and not booked before the states behind them are there. */
  #answered: AnsweredBatch[] = [];
  #facts: FactBatch | null = null;
  /** Events that were sent since states were asked for. */
  #sent = 0;
  #window: number;
  #isGivenUp = false;

  constructor(options: BatchLaneOptions, parts: KeptStatesParts) {
    this.#options = options;
    this.#parts = parts;
    this.#window = Math.min(windowEvents, options.batchEvents);
    this.#ahead = new EventsAhead(options.ledger, options.worker);
    this.#unexplained = new UnexplainedFaults(options.worker.worker);
  }

  /** Nothing has to be decided about an event between its keys and its handler. */
  get isPossible(): boolean {
    const { worker, scope, routing, ledger } = this.#options;
    if (!worker.keepsStates || this.#isGivenUp) return false;
    return scope === null && routing.single && this.#parts.forced.none && ledger.blocked.size === 0;
  }

  /** @returns `otherwise` where the rest has to be done without kept states */
  async runUntil(cuts: ArrayLike<number>, holding: boolean): Promise<LaneStop | 'otherwise'> {
    while (this.isPossible) {
      await this.#begin();
      try {
        return await this.#flow(cuts, holding);
      } catch (error) {
        if (!isFaultOfAnswer(error)) throw error;
        await this.#repair(error);
      }
    }
    return 'otherwise';
  }

  /** The ledger has the states by now, and the process none. */
  async #begin(): Promise<void> {
    this.#keeper = await this.#options.worker.keeper();
    this.#ahead.begin();
    this.#sent = 0;
    this.#repeats.beginWindow();
  }

  async #flow(cuts: ArrayLike<number>, holding: boolean): Promise<LaneStop | 'otherwise'> {
    const { commits, books } = this.#parts;
    for (;;) {
      const isAtEnd = await this.#send(cuts, holding);
      const [first] = this.#queue;
      if (first === undefined) {
        if (!isAtEnd) continue;
        if (this.#facts === null) return commits.finish(cuts);
        books.takeFacts(this.#facts);
        this.#facts = null;
        await this.#begin();
      } else if (first.kind === 'batch') {
        const answer = await first.answer;
        this.#queue.shift();
        this.#answered.push({ ...first, answer });
        this.#size.note(first.events.length, answer.tookMs);
      } else {
        if (!(await this.#takeStates(first))) return this.#goOnOtherwise();
        if (!commits.due) continue;
        commits.commit(false);
        if (!this.#options.control.stopRequested) continue;
        this.#putBack();
        return 'interrupted';
      }
    }
  }

  /** The process has as many states as the cache may have. */
  get #isFull(): boolean {
    return (this.#keeper as StateKeeper).kept > this.#options.cachedStates;
  }

  /** Sends as much as may be under way. @returns true where nothing is left to be sent for now */
  async #send(cuts: ArrayLike<number>, holding: boolean): Promise<boolean> {
    const { ledger, control } = this.#options;
    while (this.#queue.length < batchesUnderWay) {
      // What is a duplicate behind the window is known when it is booked.
      if (ledger.window !== null && this.#queue.some(({ kind }) => kind === 'collect')) return false;
      if (this.#isFull || control.stopRequested) {
        if (this.#sent > 0) this.#collect();
        if (this.#queue.length > 0) return false;
        // What the process has is thrown away, and asked for again.
        if (this.#isFull) await this.#begin();
      }
      const limit = Math.min(this.#size.events, this.#window - this.#sent);
      const gathered = this.#facts ?? (await this.#parts.gatherer.next(limit, cuts, holding));
      if (gathered === null || 'facts' in gathered) {
        this.#facts = gathered;
        if (this.#sent > 0) this.#collect();
        return true;
      }
      this.#fold(gathered.events);
      if (this.#sent >= this.#window || this.#repeats.isWindowFull || this.#parts.commits.due) this.#collect();
    }
    return false;
  }

  #fold(events: readonly GatheredEvent[]): void {
    const { ledger } = this.#options;
    const ahead = events.map((event) => this.#ahead.judge(event));
    const sent: GatheredEvent[] = [];
    const skip = new Set<number>();
    for (const [place, event] of events.entries()) {
      if (isRecoveryError(event.special)) continue;
      if (ahead[place]?.judgement !== null) skip.add(sent.length);
      sent.push(event);
    }
    const answer = (this.#keeper as StateKeeper).fold(sent, skip, { read: (key) => ledger.cache.get(key).state });
    // It is awaited in its turn.
    answer.catch(() => undefined);
    this.#queue.push({ kind: 'batch', events, ahead, sent, answer });
    this.#sent += events.length;
    this.#repeats.noteBatch();
  }

  #collect(): void {
    const answer = (this.#keeper as StateKeeper).collect();
    answer.catch(() => undefined);
    this.#queue.push({ kind: 'collect', repeat: this.#repeats.isRepeated, answer });
    this.#sent = 0;
    this.#repeats.beginWindow();
  }

  /** @returns false where an event failed that decides about others: nothing is booked then */
  async #takeStates({ answer, repeat }: SentCollect): Promise<boolean> {
    const { ledger, worker } = this.#options;
    const collected = await answer;
    const batches = this.#answered.map((batch): ReadBatch => ({ ...batch, folded: batch.answer.read() }));
    if (batches.some(({ folded }) => this.#decidesOthers(folded))) return false;
    const states = collected.read();
    const read = (key: string): unknown => ledger.cache.get(key).state;
    if (repeat) await repeatWindow(worker, batches, { read }, states);
    this.#queue.shift();
    this.#answered = [];
    for (const batch of batches) this.#book(batch, states);
    this.#ahead.noteBooked();
    return true;
  }

  /** @param states behind all that is booked now: nobody looks at them before */
  #book({ events, ahead, folded }: ReadBatch, states: ReadonlyMap<string, unknown>): void {
    let answered = 0;
    for (const [place, event] of events.entries()) {
      const answer = isRecoveryError(event.special) ? -1 : answered++;
      const { judgement, businessId } = ahead[place] as Ahead;
      const outcome: Outcome =
        judgement === null ? this.#outcomeOf(event, folded, answer, businessId, states) : { kind: 'judged', judgement };
      this.#parts.books.book(event, outcome);
    }
  }

  #outcomeOf(
    event: GatheredEvent,
    folded: FoldedBatch,
    answer: number,
    businessId: string | null,
    states: ReadonlyMap<string, unknown>,
  ): Outcome {
    const { worker, ledger } = this.#options;
    const { cache } = ledger;
    const given = folded.keys[answer] as KeysOfEvent;
    if (given.kind !== 'keys') {
      const named = nameKeys(worker.worker, (event.sent as SentEvent).event, given) as {
        readonly error: RecoveryError;
      };
      return { kind: 'failed', entries: [], error: named.error };
    }
    const entries = given.keys.map((key) => cache.get(key));
    const said = folded.failures.get(answer);
    if (said !== undefined) {
      const error = handlerFailure(worker.worker, (event.sent as SentEvent).event, given.keys, said);
      return { kind: 'failed', entries, error };
    }
    const { reads, writes: written, outputs } = folded.effects[answer] as EventEffects;
    const writes = written.map((key) => ({ key, state: states.get(key) }));
    return { kind: 'applied', entries, businessId, effects: { reads, writes, outputs } };
  }

  /** From an event that failed on, keys are parked or duplicates are others, and the process did not know. */
  #decidesOthers({ keys, failures }: FoldedBatch): boolean {
    const { ledger, poison } = this.#options;
    if (ledger.window === null && poison !== 'quarantine-key') return false;
    return failures.size > 0 || keys.some((named) => named !== null && named.kind !== 'keys');
  }

  #goOnOtherwise(): 'otherwise' {
    this.#isGivenUp = true;
    this.#putBack();
    return 'otherwise';
  }

  /** Nothing of what is under way counts. */
  #putBack(): void {
    const queued = this.#queue.flatMap((item) => (item.kind === 'batch' ? [item] : []));
    this.#parts.gatherer.putBack([...this.#answered, ...queued].flatMap(({ events }) => events));
    this.#queue = [];
    this.#answered = [];
  }

  /** The first answer in the queue is none that counts. */
  async #repair(fault: ProcessBroken | AnswerRefused): Promise<void> {
    const { ledger, worker } = this.#options;
    worker.abandon(this.#keeper as StateKeeper, fault);
    const first = this.#queue.shift();
    const lost = [...this.#answered, ...(first?.kind === 'batch' ? [first] : [])];
    this.#answered = [];
    this.#putBack();
    // Perhaps the states were too many for one line.
    if (first?.kind === 'collect') this.#window = Math.max(1, Math.floor(this.#window / 4));
    if (isTimeout(fault)) this.#size.note(Infinity, Infinity);
    const parked = ledger.quarantinedCount;
    for (const { events } of lost) await this.#parts.handleAlone(events);
    if (ledger.quarantinedCount > parked) return;
    this.#isGivenUp = this.#unexplained.note(fault, lost[0]?.events[0] ?? null);
  }
}

function isTimeout(fault: ProcessBroken | AnswerRefused): boolean {
  return fault instanceof ProcessBroken && fault.reason.kind === 'timeout';
}
