import { MergeTree } from '../order/merge-tree.js';
import type { OrderValues } from '../order/order-values.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import type { EventPath } from './event-path.js';
import { PartitionCursor, type PathPartition } from './partition-cursor.js';

/**
 * The one canonical order over several partitions: by effective order value, then partition, then offset. The hot loop
 * asks for `head`, handles its event and calls `step`; whenever `mustLoad` is set, it calls `load` first, which waits for
 * the log only where the log has to be waited for.
 */
export class Path implements EventPath {
  /** Sorted by `comparePartitions`: the place of a cursor decides between equal order values. */
  readonly cursors: readonly PartitionCursor[];
  readonly #tree: MergeTree;
  #waiting: number[];
  /** The cursor whose event is next; null when all partitions are at their end. Valid while `mustLoad` is false. */
  head: PartitionCursor | null = null;
  #first = -1;

  constructor(partitions: readonly PathPartition[], values: OrderValues) {
    const sorted = [...partitions].sort((a, b) => comparePartitions(a.id, b.id));
    this.cursors = sorted.map((partition) => new PartitionCursor(partition, values));
    this.cursors.forEach((cursor, place) => (cursor.place = place));
    this.#tree = new MergeTree(Math.max(1, sorted.length));
    this.#waiting = this.cursors.map((_, run) => run);
  }

  get mustLoad(): boolean {
    return this.#waiting.length > 0;
  }

  /** Loads the pages that are wanted next. */
  load(): undefined | Promise<undefined> {
    while (this.#waiting.length > 0) {
      const run = this.#waiting[this.#waiting.length - 1] as number;
      const loaded = (this.cursors[run] as PartitionCursor).load();
      if (loaded instanceof Promise) {
        return loaded.then((more) => {
          this.#arrive(run, more);
          return this.load();
        });
      }
      this.#arrive(run, loaded);
    }
    this.#pick();
    return;
  }

  /** Leaves the event of `head` behind. */
  step(): void {
    const cursor = this.head as PartitionCursor;
    const passed = cursor.index++;
    cursor.watermark = cursor.order[passed] as number;
    cursor.lastClock = cursor.clock[passed] as number;
    if (cursor.index === cursor.count) {
      this.#waiting.push(this.#first);
      return;
    }
    if (this.cursors.length === 1) return;
    this.#tree.set(this.#first, cursor.order[cursor.index] as number);
    this.#pick();
  }

  /** Leaves the rest of the partition of `head` out: from here on the path is one over the others. */
  hold(): void {
    this.#tree.close(this.#first);
    this.#pick();
  }

  close(): void {
    for (const cursor of this.cursors) cursor.close();
  }

  #arrive(run: number, more: boolean): void {
    this.#waiting.pop();
    const cursor = this.cursors[run] as PartitionCursor;
    if (more) this.#tree.set(run, cursor.order[0] as number);
    else this.#tree.close(run);
  }

  #pick(): void {
    this.#first = this.#tree.first;
    this.head = this.#first === -1 ? null : (this.cursors[this.#first] as PartitionCursor);
  }
}
