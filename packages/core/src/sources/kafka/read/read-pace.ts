import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordColumns } from '../batches/record-columns.js';

/** How fast a reader may be, as a good neighbour of the services on the same cluster. */
export interface RateLimit {
  readonly bytesPerSecond?: number;
  readonly eventsPerSecond?: number;
}

/** Events are taken to be this large where a rate is in events, in bytes. */
const usualEventBytes = 200;

/** Answers of a second; a rate that is kept by one large answer and a long pause is no rate. */
const answersPerSecond = 5;

const smallestFetchBytes = 16 * 1024;

/** How large an answer may be, so that a rate is kept evenly. */
export function fetchBytesWithin(rate: RateLimit | undefined, fetchBytes: number): number {
  const { bytesPerSecond = Infinity, eventsPerSecond = Infinity } = rate ?? {};
  const perSecond = Math.min(bytesPerSecond, eventsPerSecond * usualEventBytes);
  return Math.min(fetchBytes, Math.max(smallestFetchBytes, Math.floor(perSecond / answersPerSecond)));
}

/** Holds the readers of a log to a rate together. */
export interface ReadPace {
  /** Waits until the next fetch may be sent. */
  before(): Promise<void>;
  /** What came of one. */
  after(pages: readonly RecordColumns[]): void;
}

/** Somebody who asks to wait: a live group that must not fall behind. Resolves when reading may go on. */
export type Yield = () => Promise<void>;

export const noPace: ReadPace = { before: () => Promise.resolve(), after: () => undefined };

/** How much may be caught up with after a pause, in milliseconds. */
const burstMs = 200;

/** @param signal ends a pause, whatever it is for */
export function paceOf(limit: RateLimit, yieldTo: Yield | null, signal?: AbortSignal): ReadPace {
  /** When what was read is paid for. */
  let paidUntil = 0;
  const pauseMs = (bytes: number, events: number): number =>
    Math.max(
      limit.bytesPerSecond === undefined ? 0 : (bytes / limit.bytesPerSecond) * 1000,
      limit.eventsPerSecond === undefined ? 0 : (events / limit.eventsPerSecond) * 1000,
    );
  return {
    async before() {
      await yieldTo?.();
      const wait = paidUntil - performance.now();
      if (wait > 0) await sleep(wait, undefined, signal === undefined ? {} : { signal });
    },
    after(pages) {
      const bytes = pages.reduce((sum, page) => sum + page.bytes, 0);
      const events = pages.reduce((sum, page) => sum + page.length, 0);
      paidUntil = Math.max(paidUntil, performance.now() - burstMs) + pauseMs(bytes, events);
    },
  };
}
