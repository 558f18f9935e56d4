import { closeSync, openSync } from 'node:fs';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { EventPage, type EventHeaders } from '../../model/log/event-page.js';
import { describePartition, type PartitionId } from '../../model/log/partition-id.js';
import type { EventCursor, EventPath } from './event-path.js';
import { linesOfFile } from './lines-of-file.js';

/** One event whose place in the canonical order was found where its partition was read: a line of JSON. */
export interface OrderedEvent {
  /** Place of the partition among those of the plan. */
  readonly p: number;
  readonly o: number;
  /** Effective order value; null before the first one. */
  readonly t: number | null;
  /** `orderFlag`. */
  readonly f: number;
  /** Segment of the plan. */
  readonly s: number;
  /** Timestamp as the log has it; null where it has none. */
  readonly at: number | null;
  readonly k: string | null;
  readonly h?: EventHeaders;
  /** The decoded value, or, for a worker with `decode` of its own, its bytes. */
  readonly v?: unknown;
  readonly b?: string | null;
}

/** Behind the last event: an input that breaks off has no such line. */
interface EndOfEvents {
  readonly end: number;
}

const linesAtOnce = 2_000;

interface OrderedCursor extends EventCursor {
  page: EventPage | null;
  index: number;
  count: number;
  offsets: readonly number[];
  order: readonly number[];
  clock: readonly number[];
  flags: readonly number[];
  segment: number;
  watermark: number;
  lastClock: number;
}

/**
 * A path over events that are in the canonical order already, from a file of lines. Whether they really are is checked at
 * every event.
 */
export class OrderedEvents implements EventPath {
  readonly cursors: readonly OrderedCursor[];
  head: OrderedCursor | null = null;
  mustLoad = true;
  readonly #file: string;
  readonly #descriptor: number;
  readonly #nexts: readonly number[];
  readonly #segments: number[][];
  readonly #lines: Iterator<string>;
  #places: readonly number[] = [];
  #at = 0;
  #read = 0;
  #ended = false;
  #last: readonly [order: number, place: number, offset: number] = [-Infinity, -1, -1];

  /** @param partitions in the order of the plan, and from where on each is still to be handled */
  constructor(file: string, partitions: readonly { readonly id: PartitionId; readonly next: number }[]) {
    this.#file = file;
    this.#descriptor = openSync(file, 'r');
    this.#lines = linesOfFile(this.#descriptor)[Symbol.iterator]();
    this.#nexts = partitions.map(({ next }) => next);
    this.#segments = partitions.map(() => []);
    this.cursors = partitions.map(({ id }, place) => ({
      id,
      place,
      page: null,
      index: 0,
      count: 0,
      offsets: [],
      order: [],
      clock: [],
      flags: [],
      segment: -1,
      watermark: -Infinity,
      lastClock: -Infinity,
    }));
  }

  load(): undefined {
    while (!this.#ended && this.mustLoad) this.#loadSome();
    this.mustLoad = false;
    this.#pick();
    return;
  }

  step(): void {
    const cursor = this.head as OrderedCursor;
    cursor.watermark = cursor.order[cursor.index] as number;
    cursor.lastClock = cursor.watermark;
    cursor.index++;
    this.#at++;
    if (this.#at === this.#places.length && !this.#ended) this.mustLoad = true;
    else this.#pick();
  }

  hold(): void {
    throw new Error('ordered events have no cut but their end');
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #pick(): void {
    const place = this.#places[this.#at];
    this.head = place === undefined ? null : (this.cursors[place] as OrderedCursor);
    if (this.head !== null) this.head.segment = this.#segments[this.head.place]?.[this.head.index] ?? -1;
  }

  /** The next lines, of each partition as a page. */
  #loadSome(): void {
    const events: OrderedEvent[][] = this.cursors.map(() => []);
    const places: number[] = [];
    for (let taken = 0; taken < linesAtOnce; taken++) {
      const line = this.#lines.next();
      if (line.done === true)
        throw this.#wrong('it breaks off: the line that says how many events there are is missing');
      const event = JSON.parse(line.value) as OrderedEvent | EndOfEvents;
      if ('end' in event) {
        if (event.end !== this.#read) throw this.#wrong(`it has ${this.#read} events and says ${event.end}`);
        this.#ended = true;
        break;
      }
      this.#read++;
      this.#check(event);
      // Handled already, before this task was killed.
      if (event.o < (this.#nexts[event.p] as number)) continue;
      (events[event.p] as OrderedEvent[]).push(event);
      places.push(event.p);
    }
    this.#places = places;
    this.#at = 0;
    this.mustLoad = places.length === 0;
    this.cursors.forEach((cursor, place) => {
      this.#open(cursor, events[place] as OrderedEvent[]);
    });
  }

  #open(cursor: OrderedCursor, events: readonly OrderedEvent[]): void {
    cursor.index = 0;
    cursor.count = events.length;
    cursor.offsets = events.map(({ o }) => o);
    cursor.order = events.map(({ t }) => t ?? -Infinity);
    cursor.clock = cursor.order;
    cursor.flags = events.map(({ f }) => f);
    this.#segments[cursor.place] = events.map(({ s }) => s);
    cursor.page = events.length === 0 ? null : pageOf(events);
  }

  #check({ p, o, t }: OrderedEvent): void {
    const [order, place, offset] = this.#last;
    const now = t ?? -Infinity;
    const cursor = this.cursors[p];
    if (cursor === undefined) throw this.#wrong(`line ${this.#read} is of a partition that the plan does not have`);
    const rises = now > order || (now === order && (p > place || (p === place && o > offset)));
    if (!rises) {
      throw this.#wrong(`${describePartition(cursor.id)}@${o} stands behind an event that comes after it`);
    }
    this.#last = [now, p, o];
  }

  #wrong(what: string): RecoveryError {
    return new RecoveryError('invalid-task-input', `the events of the task (${this.#file}): ${what}`, {
      hint: 'give the task its events again, sorted by order, partition and offset, with the line behind the last',
    });
  }
}

/** Ordered events of one partition as a page. */
export function pageOf(events: readonly OrderedEvent[]): EventPage {
  const withHeaders = events.some(({ h }) => h !== undefined);
  return new EventPage({
    offsets: events.map(({ o }) => o),
    timestamps: events.map(({ at }) => at ?? NaN),
    keys: events.map(({ k }) => k),
    headers: withHeaders ? events.map(({ h }) => h ?? null) : null,
    decodeValues: () => ({ values: events.map(({ v }) => v ?? null), undecodable: null }),
    valueBytes: (index) => {
      const bytes = events[index]?.b;
      return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : null;
    },
    keyBytes: (index) => {
      const key = events[index]?.k ?? null;
      return key === null ? null : Buffer.from(key, 'utf8');
    },
  });
}
