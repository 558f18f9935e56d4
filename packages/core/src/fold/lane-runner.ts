import type { Gap, PartitionLedger } from '../account/partition-ledger.js';
import { partitionKey } from '../log/partition-id.js';
import type { PartitionCursor } from '../path/partition-cursor.js';
import type { Path } from '../path/path.js';
import type { PoisonPolicy } from '../plan/plan.js';
import type { RunControl } from '../run/run-control.js';
import type { ForcedQuarantine, LaneNumber } from '../run/store/run-store.js';
import { checkDeterminism } from '../worker/check-determinism.js';
import type { HandlerEffects, StateView, WorkerInstance } from '../worker/worker-instance.js';
import type { WorkerEvent } from '../worker/worker.js';
import type { BaselineRouting } from './baseline-routing.js';
import type { LaneLedger } from './lane-ledger.js';
import type { LaneObserver } from './lane-observer.js';
import type { StateEntry } from './state-cache.js';
import { gapError } from './gap-error.js';
import { ordinalOf } from './output-ordinal.js';
import { isInScope } from './scope-membership.js';
import { isFaultOfEvent } from './worker-fault.js';

export interface LaneOptions {
  readonly lane: LaneNumber;
  readonly path: Path;
  readonly ledger: LaneLedger;
  readonly instance: WorkerInstance;
  readonly routing: BaselineRouting;
  /** Keys that the replay is limited to; null for all. */
  readonly scope: ReadonlySet<string> | null;
  readonly poison: PoisonPolicy;
  /** The user said that gaps may stay. */
  readonly acceptGaps: boolean;
  readonly forcedQuarantines: readonly ForcedQuarantine[];
  readonly batchEvents: number;
  readonly batchMs: number;
  readonly control: RunControl;
  /** One event in this many is applied twice, to find a worker that is not deterministic. */
  readonly determinismSample: number;
  /** Freeze the inputs of every event, not only of a sample. */
  readonly alwaysFreeze: boolean;
  readonly observer: LaneObserver | null;
}

/** `off-path`: the cut is not a position that the canonical order passes through. */
export type LaneStop = 'reached' | 'off-path' | 'interrupted';

/** One page in this many has its inputs frozen even where not all are. */
const frozenPageSample = 64;

const noEntries: readonly StateEntry[] = [];

/**
 * Runs one lane: takes the events of a path in order, books each, hands it to the worker, and has everything that came of
 * a batch committed together. An event passes once and never goes back.
 */
export class LaneRunner implements StateView {
  readonly #options: LaneOptions;
  readonly #path: Path;
  readonly #ledger: LaneLedger;
  readonly #instance: WorkerInstance;
  readonly #forced: ReadonlyMap<string, string>;
  /** Entries of the keys of the event at hand; empty until it has named them. A list of its own costs less than emptying one. */
  #entries: readonly StateEntry[] = noEntries;
  #pending = 0;
  #batchStarted = performance.now();
  #untilSample = 1;
  #pages = 0;
  #holding = false;
  /** Of the event at hand, where the worker deduplicates: asked for once, before the handler runs. */
  #businessId: string | null = null;
  readonly #negativeZerosBefore: number;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#ledger = options.ledger;
    this.#instance = options.instance;
    this.#negativeZerosBefore = options.instance.negativeZeros;
    this.#forced = new Map(
      options.forcedQuarantines.map((forced) => [forcedKey(forced.partition, forced.offset), forced.reason]),
    );
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

  /**
   * Runs up to an exclusive end offset by cursor, and commits there.
   * @param atCut `stop` where the first partition is at its end; `hold` goes on without it until all are at theirs, which
   *   is another permissible order where the canonical one does not pass through the cut. Nothing can be run after that.
   * @throws RecoveryError EM2102 at a gap, EM30xx for what the worker did, EM4007 when the disk refuses
   */
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
        this.#park(cursor, error.code, error.message);
        this.#leave();
        ended = false;
      }
      if (ended) return this.#finish(cuts);
      if (this.#mustCommit()) {
        this.#commit(false);
        if (control.stopRequested) return 'interrupted';
      }
    }
  }

  /** Commits that the lane has nothing left to do. */
  markDone(): void {
    this.#commit(true);
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
      if (this.#pending >= batchEvents) return false;
    }
    return false;
  }

  #leave(): void {
    this.#pending++;
    this.#path.step();
  }

  #handle(cursor: PartitionCursor, offset: number): Promise<void> | undefined {
    const books = this.#ledger.ledgers[cursor.place] as PartitionLedger;
    this.#entries = noEntries;
    if (offset !== books.next) {
      if (offset < books.next) {
        books.repeated++;
        return;
      }
      this.#cross(books.passOverTo(offset));
    }
    if (this.#forced.size > 0) {
      const reason = this.#forced.get(forcedKey(cursor.id, offset));
      if (reason !== undefined) {
        this.#nameKeys(cursor);
        this.#park(cursor, 'EM3003', reason);
        return;
      }
    }
    const event = this.#instance.event(cursor.page as NonNullable<typeof cursor.page>, cursor.index, cursor.id);
    if (this.#isDuplicate(event)) {
      books.skip('duplicate-id');
      this.#book(cursor, books);
      return;
    }
    const keys = this.#instance.keys(event);
    const { scope } = this.#options;
    if (scope !== null && !isInScope(scope, keys, cursor.id, offset)) {
      this.#passOver(cursor, books);
      return;
    }
    if (!this.#options.routing.single && offset < this.#options.routing.startOf(keys, cursor.place)) {
      books.skip('before-baseline');
      this.#book(cursor, books);
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
        this.#parkBlocked(cursor, blocking);
        return;
      }
    }
    const now = cursor.clock[cursor.index] as number;
    if (--this.#untilSample === 0) return this.#checkThenInvoke(cursor, books, event, keys, now);
    const effects = this.#instance.invoke(event, keys, now, this);
    if (effects instanceof Promise) return effects.then((settled) => this.#settle(cursor, books, event, now, settled));
    this.#settle(cursor, books, event, now, effects);
    return;
  }

  /** An event that is none of the scope's: no state is touched, but it counts as one that happened. */
  #passOver(cursor: PartitionCursor, books: PartitionLedger): void {
    books.skip('out-of-scope');
    this.#book(cursor, books);
    if (this.#ledger.window !== null) this.#ledger.window.enter(this.#businessId);
  }

  async #checkThenInvoke(
    cursor: PartitionCursor,
    books: PartitionLedger,
    event: WorkerEvent,
    keys: readonly string[],
    now: number,
  ): Promise<void> {
    this.#untilSample = this.#options.determinismSample;
    await checkDeterminism(this.#instance, event, keys, now, this);
    this.#settle(cursor, books, event, now, await this.#instance.invoke(event, keys, now, this));
  }

  /** The event succeeded: its writes, outputs and provenance take effect together. */
  #settle(
    cursor: PartitionCursor,
    books: PartitionLedger,
    event: WorkerEvent,
    now: number,
    effects: HandlerEffects,
  ): void {
    const { writes, outputs, reads } = effects;
    if (writes.length > 0) {
      const { sets, cache } = this.#ledger;
      let joined = this.#ledger.causesOfSegment(cursor.segment);
      for (let index = 0; index < reads.length; index++) {
        joined = sets.join(joined, this.#entryOf(reads[index] as string).provenance);
      }
      for (let index = 0; index < writes.length; index++) {
        const write = writes[index] as HandlerEffects['writes'][number];
        const entry = this.#entryOf(write.key);
        entry.state = write.state;
        entry.provenance = sets.join(joined, entry.provenance);
        if (!entry.dirty) cache.markDirty(entry);
      }
    }
    for (let index = 0; index < outputs.length; index++) {
      const output = outputs[index] as HandlerEffects['outputs'][number];
      this.#ledger.journal.append(event, now, index === 0 ? 0 : ordinalOf(outputs, index), output);
    }
    books.applied++;
    this.#options.observer?.applied(event, now, this.#entries, outputs);
    this.#book(cursor, books);
    if (this.#ledger.window !== null) this.#ledger.window.enter(this.#businessId);
  }

  #book(cursor: PartitionCursor, books: PartitionLedger): void {
    const flags = this.#ledger.orderFlags;
    const flag = cursor.flags[cursor.index] as number;
    flags[flag] = (flags[flag] as number) + 1;
    books.next++;
  }

  #entryOf(key: string): StateEntry {
    const { length } = this.#entries;
    for (let index = 0; index < length; index++) {
      const entry = this.#entries[index] as StateEntry;
      if (entry.key === key) return entry;
    }
    throw new Error(`the worker instance let an undeclared key through: ${key}`);
  }

  #isDuplicate(event: WorkerEvent): boolean {
    const { window } = this.#ledger;
    if (window === null) return false;
    this.#businessId = this.#instance.deduplicationId(event);
    return this.#businessId !== null && window.isDuplicate(this.#businessId);
  }

  /** Finds out which keys an event names that will not be applied, where it says so at all. */
  #nameKeys(cursor: PartitionCursor): void {
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

  /** Parks the event at hand whole: it has no effect, and all keys that it names carry the mark. */
  #park(cursor: PartitionCursor, code: string, reason: string): void {
    if (this.#options.poison === 'quarantine-key') for (const entry of this.#entries) this.#ledger.block(entry.key);
    this.#recordParked(cursor, code, reason);
  }

  #parkBlocked(cursor: PartitionCursor, blocking: string): void {
    this.#recordParked(cursor, 'blocked', `key ${JSON.stringify(blocking)} is in quarantine since an earlier event`);
  }

  #recordParked(cursor: PartitionCursor, code: string, reason: string): void {
    const books = this.#ledger.ledgers[cursor.place] as PartitionLedger;
    const known = this.#entries.length > 0;
    const cause = { kind: 'quarantine', reason: code } as const;
    if (known) this.#ledger.mark(this.#entries, cause);
    else this.#ledger.markAll(cause);
    const keys = known ? this.#entries.map((entry) => entry.key) : null;
    this.#ledger.park({ partition: cursor.id, offset: books.next, keys, code, reason });
    this.#options.observer?.parked(cursor.id, books.next, keys);
    books.quarantined++;
    this.#book(cursor, books);
  }

  #cross(gaps: readonly Gap[]): void {
    for (const gap of gaps) {
      if (!this.#options.acceptGaps) throw gapError(gap);
      this.#ledger.markHole(gap);
    }
  }

  #mustCommit(): boolean {
    const { batchEvents, batchMs, control } = this.#options;
    if (this.#pending >= batchEvents || this.#ledger.cache.mustCommit || control.stopRequested) return true;
    return this.#pending > 0 && performance.now() - this.#batchStarted > batchMs;
  }

  #commit(done: boolean): void {
    const { control } = this.#options;
    control.idle();
    this.#ledger.commit(this.#instance.negativeZeros - this.#negativeZerosBefore, done);
    control.progress(this.#pending, this.#ledger.quarantinedCount);
    this.#pending = 0;
    this.#batchStarted = performance.now();
  }

  #finish(cuts: ArrayLike<number>): LaneStop {
    const behind = this.#path.cursors.some(
      (cursor) =>
        cursor.index < cursor.count && (cursor.offsets[cursor.index] as number) < (cuts[cursor.place] as number),
    );
    if (!behind) {
      this.#ledger.ledgers.forEach((books, place) => {
        const cut = cuts[place] as number;
        if (books.next < cut) this.#cross(books.passOverTo(cut));
      });
    }
    this.#commit(false);
    return behind ? 'off-path' : 'reached';
  }
}

function forcedKey(partition: ForcedQuarantine['partition'], offset: number): string {
  return `${partitionKey(partition)}@${offset}`;
}
