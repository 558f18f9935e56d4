import type { EventLog, LogHole, OffsetRange, PageReader } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';

/** A range of one partition and the log that holds it; null where nobody does. */
export interface SourcedRange extends OffsetRange {
  readonly log: EventLog | null;
  /** Index of the plan's segment, for provenance; -1 beyond the target, where events are only looked at for the order. */
  readonly segment: number;
}

export interface SourcedPage {
  readonly page: EventPage;
  readonly segment: number;
}

/** Reads the ranges of one partition one after the other, each from its own log, as one run of pages. */
export class PartitionRangeReader {
  readonly #partition: PartitionId;
  readonly #ranges: readonly SourcedRange[];
  readonly #onHole: (hole: LogHole) => void;
  #range = 0;
  #reader: PageReader | null = null;

  constructor(partition: PartitionId, ranges: readonly SourcedRange[], onHole: (hole: LogHole) => void) {
    this.#partition = partition;
    this.#ranges = ranges;
    this.#onHole = onHole;
  }

  next(): SourcedPage | null | Promise<SourcedPage | null> {
    for (;;) {
      const range = this.#ranges[this.#range];
      if (range === undefined) return null;
      if (this.#reader === null) {
        if (range.log === null || range.from >= range.to) {
          this.#range++;
          continue;
        }
        this.#reader = range.log.read({ ...this.#partition, from: range.from, to: range.to, onHole: this.#onHole });
      }
      const page = this.#reader.next();
      if (page instanceof Promise) return this.#resume(page, range.segment);
      if (page !== null && page.count > 0) return { page, segment: range.segment };
      if (page === null) this.#finishRange();
    }
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
    this.#range = this.#ranges.length;
  }

  async #resume(pending: Promise<EventPage | null>, segment: number): Promise<SourcedPage | null> {
    const page = await pending;
    if (page !== null && page.count > 0) return { page, segment };
    if (page === null) this.#finishRange();
    return this.next();
  }

  #finishRange(): void {
    this.#reader?.close();
    this.#reader = null;
    this.#range++;
  }
}
