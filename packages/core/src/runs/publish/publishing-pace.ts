import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimit } from '../../sources/kafka/read/read-pace.js';

/** Holds all partitions of a publication to a rate together. */
export interface PublishingPace {
  /** What one transaction may hold, so that the rate is kept evenly. */
  readonly chunkRows: number;
  readonly chunkBytes: number;
  /** Waits until so much may be sent. */
  before(records: number, bytes: number, signal?: AbortSignal): Promise<void>;
}

/** Transactions of a second. */
const perSecond = 5;

export function paceOfPublishing(rate: RateLimit | undefined): PublishingPace {
  const { eventsPerSecond = Infinity, bytesPerSecond = Infinity } = rate ?? {};
  let paidUntil = 0;
  return {
    chunkRows: Math.max(1, Math.floor(eventsPerSecond / perSecond)),
    chunkBytes: Math.max(1, Math.floor(bytesPerSecond / perSecond)),
    async before(records, bytes, signal) {
      const now = performance.now();
      const wait = paidUntil - now;
      const cost = Math.max((records / eventsPerSecond) * 1000, (bytes / bytesPerSecond) * 1000);
      paidUntil = Math.max(paidUntil, now) + cost;
      // Stopping shows between two transactions.
      if (wait > 0) await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    },
  };
}
