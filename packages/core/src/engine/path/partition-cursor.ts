import type { Offset } from '../../model/event/offset.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { LogHole } from '../../model/log/event-log.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { assignOrder, type AssignedOrder, type AssignOptions } from '../order/assign-order.js';
import { confirmationWindow } from '../../model/order/order-spec.js';
import type { OrderValues } from '../order/order-values.js';
import type { PartitionOrderState } from '../../model/position/position.js';
import { PartitionRangeReader, type SourcedPage, type SourcedRange } from './partition-range-reader.js';

/** One partition of a path: where to begin and what to read. */
export interface PathPartition {
  readonly id: PartitionId;
  readonly next: Offset;
  readonly order: PartitionOrderState;
  /** Rising and disjoint, from `next` to the end of the log as it was when the plan was made. */
  readonly ranges: readonly SourcedRange[];
  /** No step of time is too large to be believed; false where absent. */
  readonly timesConfirmed?: boolean;
  /** Told of holes that a log finds while it reads, before the events behind them. */
  readonly onHole?: (hole: LogHole) => void;
}

/**
 * Walks one partition in the order of its offsets, page by page, and gives every event its effective order value and its
 * clock. The fields are read by the hot loop: they describe the current page, and `index` the event that is next.
 */
export class PartitionCursor {
  readonly id: PartitionId;
  /** Its place among the cursors of the path. */
  place = 0;
  page: EventPage | null = null;
  index = 0;
  count = 0;
  offsets: ArrayLike<Offset> = [];
  order: ArrayLike<number> = [];
  clock: ArrayLike<number> = [];
  flags: ArrayLike<number> = [];
  segment = -1;
  /** The state of the order after the last event that was passed on. */
  watermark: number;
  lastClock: number;

  readonly #reader: PartitionRangeReader;
  readonly #values: OrderValues;
  readonly #options: AssignOptions;
  #ahead: SourcedPage[] = [];
  #pageWatermark: number;
  #pageClock: number;
  #exhausted = false;

  constructor(partition: PathPartition, values: OrderValues) {
    this.id = partition.id;
    this.watermark = partition.order.watermark;
    this.lastClock = partition.order.clock;
    this.#pageWatermark = partition.order.watermark;
    this.#pageClock = partition.order.clock;
    this.#values = values;
    this.#options = partition.timesConfirmed === true ? { ...values.options, maxStep: Infinity } : values.options;
    this.#reader = new PartitionRangeReader(partition.id, partition.ranges, partition.onHole ?? ignored);
  }

  /** Moves on to the next page; false at the end of the partition. Only promises something where the log has to wait. */
  load(): boolean | Promise<boolean> {
    const pulled = this.#pull(1);
    if (pulled instanceof Promise) return pulled.then(() => this.#open());
    return this.#open();
  }

  close(): void {
    this.#reader.close();
    this.#ahead = [];
    this.page = null;
    this.index = 0;
    this.count = 0;
  }

  #open(): boolean | Promise<boolean> {
    const [current] = this.#ahead;
    if (current === undefined) {
      this.page = null;
      this.index = 0;
      this.count = 0;
      return false;
    }
    const raw = this.#values.read(current.page, this.id);
    const assigned = assignOrder(raw, this.#pageWatermark, null, this.#options);
    if (assigned !== null) {
      this.#enter(current, assigned);
      return true;
    }
    const pulled = this.#pull(confirmationWindow);
    if (pulled instanceof Promise) return pulled.then(() => this.#openWithFollowing(current, raw));
    return this.#openWithFollowing(current, raw);
  }

  #openWithFollowing(current: SourcedPage, raw: ArrayLike<number>): boolean {
    const following: number[] = [];
    for (const { page } of this.#ahead.slice(1)) {
      const values = this.#values.read(page, this.id);
      for (let index = 0; index < values.length && following.length < confirmationWindow; index++) {
        following.push(values[index] ?? NaN);
      }
    }
    const assigned = assignOrder(raw, this.#pageWatermark, following, this.#options);
    if (assigned === null) throw new Error('the order asked twice for the same events');
    this.#enter(current, assigned);
    return true;
  }

  #enter(current: SourcedPage, assigned: AssignedOrder): void {
    const { page } = current;
    this.#ahead.shift();
    this.page = page;
    this.index = 0;
    this.count = page.count;
    this.offsets = page.offsets;
    this.segment = current.segment;
    this.order = assigned.order;
    this.flags = assigned.flags;
    this.clock = this.#values.isTime ? assigned.order : carryClock(page.timestamps, this.#pageClock);
    this.#pageWatermark = this.order[page.count - 1] ?? this.#pageWatermark;
    this.#pageClock = this.clock[page.count - 1] ?? this.#pageClock;
  }

  /** Reads ahead until there is a current page and at least `events` events in it or behind it. */
  #pull(events: number): undefined | Promise<undefined> {
    for (;;) {
      if (this.#exhausted) return;
      const have = events === 1 ? this.#ahead.length : countEvents(this.#ahead.slice(1));
      if (have >= events) return;
      const next = this.#reader.next();
      if (next instanceof Promise) {
        return next.then((page) => {
          this.#take(page);
          return this.#pull(events);
        });
      }
      this.#take(next);
    }
  }

  #take(page: SourcedPage | null): void {
    if (page === null) this.#exhausted = true;
    else this.#ahead.push(page);
  }
}

function ignored(): void {
  // whoever keeps no books of offsets needs no holes
}

function countEvents(pages: readonly SourcedPage[]): number {
  return pages.reduce((sum, { page }) => sum + page.count, 0);
}

/** The clock under an order that is not a time: each event's own time, or the one of the event before where it has none. */
function carryClock(timestamps: ArrayLike<number>, clock: number): Float64Array {
  const clocks = new Float64Array(timestamps.length);
  for (let index = 0; index < timestamps.length; index++) {
    const own = timestamps[index] ?? NaN;
    if (own >= 0) clock = own;
    clocks[index] = clock;
  }
  return clocks;
}
