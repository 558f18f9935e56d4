import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** What a checkpointer has done since it was opened, for a dashboard. */
export interface CheckpointerMetrics {
  readonly commits: number;
  readonly events: number;
  /** Events below the position, which were applied before. */
  readonly repeated: number;
  /** Events that were left out by their business id. */
  readonly duplicates: number;
  /** Batches that were thrown away because another process owns the partition. */
  readonly fenced: number;
  /** Outputs that are not known to be sent, of all processes. */
  readonly unsent: number;
  readonly checkpoints: {
    readonly made: number;
    readonly failed: number;
    /** Id of the last one that this process made; null before the first. */
    readonly last: string | null;
    readonly lastError: string | null;
    /** How long the last one took in its thread, in milliseconds. */
    readonly lastMs: number | null;
  };
  /** How long one stretch kept the event loop busy, in milliseconds: a batch with a handler that is not async, a commit. */
  readonly blockedMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Counts for `CheckpointerMetrics`. */
export class LiveMetrics {
  commits = 0;
  events = 0;
  repeated = 0;
  duplicates = 0;
  fenced = 0;
  made = 0;
  failed = 0;
  last: string | null = null;
  lastError: string | null = null;
  lastMs: number | null = null;
  readonly #blocked: RecordableHistogram = createHistogram();

  /** Notes how long a stretch took that began at `started` (of `performance.now()`). */
  blocked(started: number): void {
    this.#blocked.record(Math.max(1, Math.round((performance.now() - started) * 1e6)));
  }

  read(unsent: number): CheckpointerMetrics {
    const { commits, events, repeated, duplicates, fenced, made, failed, last, lastError, lastMs } = this;
    const ms = (nanoseconds: number): number => nanoseconds / 1e6;
    const any = this.#blocked.count > 0;
    return {
      commits,
      events,
      repeated,
      duplicates,
      fenced,
      unsent,
      checkpoints: { made, failed, last, lastError, lastMs },
      blockedMs: {
        p50: any ? ms(this.#blocked.percentile(50)) : 0,
        p99: any ? ms(this.#blocked.percentile(99)) : 0,
        max: any ? ms(this.#blocked.max) : 0,
      },
    };
  }
}
