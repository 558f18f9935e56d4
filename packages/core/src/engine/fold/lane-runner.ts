import { errorCatalogue } from '../../model/errors/error-catalogue.js';
import type { PartitionLedger } from '../accounts/partition-ledger.js';
import type { EventCursor, EventPath } from '../path/event-path.js';
import type { StateFact } from '../../model/records/state-fact.js';
import { checkDeterminism } from '../../worker/check-determinism.js';
import type { HandlerEffects, StateView, WorkerInstance } from '../../worker/worker-instance.js';
import type { WorkerEvent } from '../../worker/worker.js';
import { takeFact } from './assign-fact.js';
import { LaneCommits } from './lane-commits.js';
import type { LaneLedger } from './lane-ledger.js';
import type { Lane, LaneOptions, LaneStop } from './lane.js';
import { ForcedEvents, quarantineBlocked, quarantineEvent } from './quarantine-event.js';
import { isInScope } from './scope-membership.js';
import { settleEvent } from './settle-event.js';
import type { StateEntry } from './state-cache.js';
import { isFaultOfEvent } from './worker-fault.js';

export interface LaneRunnerOptions extends LaneOptions {
  readonly instance: WorkerInstance;
  /** One event in this many is applied twice, to find a worker that is not deterministic. */
  readonly determinismSample: number;
  /** Freeze the inputs of every event, not only of a sample. */
  readonly alwaysFreeze: boolean;
}

/** One page in this many has its inputs frozen even where not all are. */
const frozenPageSample = 64;

const noEntries: readonly StateEntry[] = [];

/**
 * Runs one lane: takes the events of a path in order, books each, hands it to the worker, and has everything that came of
 * a batch committed together. An event passes once and never goes back.
 */
export class LaneRunner implements Lane, StateView {
  readonly #options: LaneRunnerOptions;
  readonly #path: EventPath;
  readonly #ledger: LaneLedger;
  readonly #instance: WorkerInstance;
  readonly #forced: ForcedEvents;
  readonly #commits: LaneCommits;
  /** Entries of the keys of the event at hand; empty until it has named them. A list of its own costs less than emptying one. */
  #entries: readonly StateEntry[] = noEntries;
  #untilSample = 1;
  #pages = 0;
  #holding = false;
  /** Of the event at hand, where the worker deduplicates: asked for once, before the handler runs. */
  #businessId: string | null = null;

  constructor(options: LaneRunnerOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#ledger = options.ledger;
    this.#instance = options.instance;
    this.#forced = new ForcedEvents(options.forcedQuarantines);
    this.#commits = new LaneCommits(options, options.instance);
  }

  /** The state of a key of the event at hand, for the worker. */
  read(key: string): unknown {
    const { length } = this.#entries;
    for (let index = 0; index < length; index++) {
      const entry = this.#entries[index] as StateEntry;
      if (entry.key === key) return entry.state;
    }
    return undefined;
  }

  async runUntil(cuts: ArrayLike<number>, atCut: 'stop' | 'hold' = 'stop'): Promise<LaneStop> {
    this.#holding = atCut === 'hold';
    const { control, poison, lane } = this.#options;
    control.beginLane(lane);
    for (;;) {
      if (this.#path.mustLoad) {
        control.idle();
        const loading = this.#path.load();
        if (loading !== undefined) await loading;
        this.#instance.freezeInputs(this.#options.alwaysFreeze || this.#pages++ % frozenPageSample === 0);
      }
      let ended: boolean;
      try {
        const burst = this.#burst(cuts);
        ended = typeof burst === 'boolean' ? burst : await burst;
      } catch (error) {
        const cursor = this.#path.head;
        if (cursor === null || poison === 'stop' || !isFaultOfEvent(error)) throw error;
        this.#quarantine(cursor, error.number, error.message);
        this.#leave();
        ended = false;
      }
      if (!ended && !this.#commits.due) continue;
      control.idle();
      await control.settle();
      if (ended) return this.#commits.finish(cuts);
      this.#commits.commit(false);
      if (control.stopRequested) return 'interrupted';
    }
  }

  markDone(): void {
    this.#commits.commit(true);
  }

  close(): void {
    this.#path.close();
  }

  /**
   * Handles events until a page, a commit or the cut comes up; true at the cut or the end of the path. Kept free of await
   * and of try, so that it stays one tight loop; only a worker that is async leaves it.
   */
  #burst(cuts: ArrayLike<number>): boolean | Promise<boolean> {
    const path = this.#path;
    const { batchEvents, control } = this.#options;
    while (!path.mustLoad) {
      const cursor = path.head;
      if (cursor === null) return true;
      const offset = cursor.offsets[cursor.index] as number;
      if (offset >= (cuts[cursor.place] as number)) {
        if (!this.#holding) return true;
        path.hold();
        continue;
      }
      if (control.enter(cursor.place, offset)) return false;
      const working = this.#handle(cursor, offset);
      if (working !== undefined) return working.then(() => this.#leave()).then(() => false);
      this.#leave();
      if (this.#commits.pending >= batchEvents) return false;
    }
    return false;
  }

  #leave(): void {
    this.#commits.pending++;
    this.#path.step();
  }

  #handle(cursor: EventCursor, offset: number): Promise<void> | undefined {
    const account = this.#ledger.ledgers[cursor.place] as PartitionLedger;
    this.#entries = noEntries;
    if (offset !== account.next) {
      if (offset < account.next) {
        account.repeated++;
        return;
      }
      this.#commits.cross(account.passOverTo(offset));
    }
    if (this.#options.facts?.has(cursor.place) === true) {
      this.#takeFact(cursor, account, offset);
      return;
    }
    if (!this.#forced.none) {
      const reason = this.#forced.reasonFor(cursor.id, offset);
      if (reason !== undefined) {
        this.#nameKeys(cursor);
        this.#quarantine(cursor, errorCatalogue['worker-timeout'].number, reason);
        return;
      }
    }
    const event = this.#instance.event(cursor.page as NonNullable<typeof cursor.page>, cursor.index, cursor.id);
    if (this.#isDuplicate(event)) {
      account.skip('duplicate-id');
      this.#book(cursor, account);
      return;
    }
    const keys = this.#instance.keys(event);
    const { scope } = this.#options;
    if (scope !== null && !isInScope(scope, keys, cursor.id, offset)) {
      this.#passOver(cursor, account);
      return;
    }
    if (!this.#options.routing.single && offset < this.#options.routing.startOf(keys, cursor.place)) {
      account.skip('before-baseline');
      this.#book(cursor, account);
      return;
    }
    const { cache, blocked } = this.#ledger;
    this.#entries =
      keys.length === 2
        ? [cache.get(keys[0] as string), cache.get(keys[1] as string)]
        : keys.map((key) => cache.get(key));
    if (blocked.size > 0) {
      const blocking = keys.find((key) => blocked.has(key));
      if (blocking !== undefined) {
        quarantineBlocked(this.#options, account, this.#entries, blocking);
        this.#book(cursor, account);
        return;
      }
    }
    const now = cursor.clock[cursor.index] as number;
    if (--this.#untilSample === 0) return this.#checkThenInvoke(cursor, account, event, keys, now);
    const effects = this.#instance.invoke(event, keys, now, this);
    if (effects instanceof Promise)
      return effects.then((settled) => this.#settle(cursor, account, event, now, settled));
    this.#settle(cursor, account, event, now, effects);
    return;
  }

  #takeFact(cursor: EventCursor, account: PartitionLedger, offset: number): void {
    const { keys, values } = cursor.page as NonNullable<typeof cursor.page>;
    const fact = values[cursor.index] as StateFact;
    takeFact(this.#options, account, offset, keys[cursor.index] ?? '', cursor.segment, fact);
    this.#book(cursor, account);
  }

  /** An event that is none of the scope's: no state is touched, but it counts as one that happened. */
  #passOver(cursor: EventCursor, account: PartitionLedger): void {
    account.skip('out-of-scope');
    this.#book(cursor, account);
    if (this.#ledger.window !== null) this.#ledger.window.enter(this.#businessId);
  }

  async #checkThenInvoke(
    cursor: EventCursor,
    account: PartitionLedger,
    event: WorkerEvent,
    keys: readonly string[],
    now: number,
  ): Promise<void> {
    this.#untilSample = this.#options.determinismSample;
    await checkDeterminism(this.#instance, event, keys, now, this);
    this.#settle(cursor, account, event, now, await this.#instance.invoke(event, keys, now, this));
  }

  #settle(
    cursor: EventCursor,
    account: PartitionLedger,
    event: WorkerEvent,
    now: number,
    effects: HandlerEffects,
  ): void {
    settleEvent(this.#ledger, this.#entries, cursor.segment, event, now, effects);
    account.applied++;
    this.#options.observer?.applied(event, now, this.#entries, effects.outputs);
    this.#book(cursor, account);
    if (this.#ledger.window !== null) this.#ledger.window.enter(this.#businessId);
  }

  #book(cursor: EventCursor, account: PartitionLedger): void {
    const flags = this.#ledger.orderFlags;
    const flag = cursor.flags[cursor.index] as number;
    flags[flag] = (flags[flag] as number) + 1;
    account.next++;
    this.#options.observer?.passed?.(cursor.clock[cursor.index] as number);
  }

  #isDuplicate(event: WorkerEvent): boolean {
    const { window } = this.#ledger;
    if (window === null) return false;
    this.#businessId = this.#instance.deduplicationId(event);
    return this.#businessId !== null && window.isDuplicate(this.#businessId);
  }

  /** Finds out which keys an event names that will not be applied, where it says so at all. */
  #nameKeys(cursor: EventCursor): void {
    const { page } = cursor;
    if (page === null) return;
    try {
      const keys = this.#instance.keys(this.#instance.event(page, cursor.index, cursor.id));
      const { scope } = this.#options;
      if (scope !== null && !isInScope(scope, keys, cursor.id, cursor.offsets[cursor.index] as number)) return;
      this.#entries = keys.map((key) => this.#ledger.cache.get(key));
    } catch (error) {
      if (!isFaultOfEvent(error)) throw error;
    }
  }

  #quarantine(cursor: EventCursor, code: string, reason: string): void {
    const account = this.#ledger.ledgers[cursor.place] as PartitionLedger;
    quarantineEvent(this.#options, account, this.#entries, code, reason);
    this.#book(cursor, account);
  }
}
