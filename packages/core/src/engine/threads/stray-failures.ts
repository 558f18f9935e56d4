import { promiseHooks } from 'node:v8';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describeThrown } from '../../worker/worker-failures.js';
import type { Observation } from './shared-control.js';

/** Where a handler is at work, by the numbers that a thread shares with its supervisor. */
export interface HandlerPlace {
  readonly lane: number;
  readonly place: number;
  readonly offset: number;
}

export interface StrayFailures {
  /** Rejects with the first failure that nobody awaited, at once: the work may never come to an end without it. */
  readonly failed: Promise<never>;
  /** @throws that failure, where there is one by now */
  settle(): Promise<void>;
}

const asGiven = function (given: object) {
  return given;
} as unknown as new (given: object) => object;

/**
 * A promise that knows at which event it was made. The place is a private field that is put on the promise itself, where no handler
 * sees it: a WeakMap of all promises cost an awaiting handler several times what everything else about it does.
 */
class PlacedPromise extends asGiven {
  readonly #place: HandlerPlace;

  private constructor(promise: Promise<unknown>, place: HandlerPlace) {
    super(promise);
    this.#place = place;
  }

  static put(promise: Promise<unknown>, place: HandlerPlace): void {
    new PlacedPromise(promise, place);
  }

  static placeOf(promise: Promise<unknown>): HandlerPlace | undefined {
    return #place in promise ? promise.#place : undefined;
  }
}

/**
 * Watches this thread for what a handler starts and does not await: a promise that fails behind its back, or an error that
 * is thrown later. Such a handler has not done what it seems to have done, and the failure is `worker-failed` with its place
 * among the details. A promise is told by the event during which it was made; what is thrown later belongs to the event at
 * hand or to an earlier one. Before any handler was at work, a failure is what it is.
 */
export function watchStrayFailures(look: () => Observation): StrayFailures {
  let first: unknown;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined); // who does not race against it asks `settle`
  const note = (what: string, thrown: unknown, at: HandlerPlace | undefined): void => {
    if (first !== undefined) return;
    const now = look();
    first = now.entered === 0 ? thrown : strayFailure(what, thrown, at ?? now, at !== undefined);
    fail(first);
  };
  // Handlers that await nothing make no promise, so that they pay nothing for this.
  promiseHooks.onInit((promise) => {
    const now = look();
    if (now.busy) PlacedPromise.put(promise, now);
  });
  process.on('unhandledRejection', (thrown, promise) => {
    note('a promise that it did not await failed with', thrown, PlacedPromise.placeOf(promise));
  });
  process.on('uncaughtException', (thrown) => {
    note('what it had started threw, after it had come back,', thrown, undefined);
  });
  return {
    failed,
    async settle() {
      // Node tells of a failed promise when the microtasks are done, before the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (first !== undefined) await failed;
    },
  };
}

function strayFailure(what: string, thrown: unknown, { lane, place, offset }: HandlerPlace, certain: boolean) {
  return new RecoveryError('worker-failed', `${what} ${describeThrown(thrown)}`, {
    hint: 'await everything that the handler starts: what fails behind its back is lost',
    details: { stray: certain ? 'at' : 'at or before', lane, place, offset },
    cause: thrown instanceof Error ? thrown : undefined,
  });
}
