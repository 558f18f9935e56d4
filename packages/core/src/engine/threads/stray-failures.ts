import { promiseHooks } from 'node:v8';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describeThrown } from '../../worker/worker-failures.js';

/** Where a handler is at work, by the numbers that a thread shares with its supervisor. */
export interface HandlerPlace {
  readonly lane: number;
  readonly place: number;
  readonly offset: number;
}

export interface StrayFailures {
  /** @throws RecoveryError `worker-failed` for the first failure that nobody awaited, with its place among the details */
  settle(): Promise<void>;
}

/**
 * Watches this thread for what a handler starts and does not await: a promise that fails behind its back, or an error that
 * is thrown later. Such a handler has not done what it seems to have done. A promise is told by the event during which it was
 * made; what is thrown later belongs to that event or to an earlier one.
 * @param handlerPlace where the handler is at work now; null where none is
 */
export function watchStrayFailures(handlerPlace: () => HandlerPlace | null): StrayFailures {
  const made = new WeakMap<Promise<unknown>, HandlerPlace>();
  let last: HandlerPlace | null = null;
  let first: RecoveryError | undefined;
  // Handlers that await nothing make no promise, so that they pay nothing for this.
  promiseHooks.onInit((promise) => {
    const place = handlerPlace();
    if (place !== null) made.set(promise, (last = place));
  });
  process.on('unhandledRejection', (thrown, promise) => {
    const place = made.get(promise);
    first ??= strayFailure('a promise that it did not await failed with', thrown, place ?? last, place !== undefined);
  });
  process.on('uncaughtException', (thrown) => {
    first ??= strayFailure('what it had started threw, after it had come back,', thrown, handlerPlace() ?? last, false);
  });
  return {
    async settle() {
      // Node tells of a failed promise when the microtasks are done, before the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (first !== undefined) throw first;
    },
  };
}

function strayFailure(what: string, thrown: unknown, at: HandlerPlace | null, certain: boolean): RecoveryError {
  return new RecoveryError('worker-failed', `${what} ${describeThrown(thrown)}`, {
    hint: 'await everything that the handler starts: what fails behind its back is lost',
    details: at === null ? {} : { stray: certain ? 'at' : 'at or before', ...at },
    cause: thrown instanceof Error ? thrown : undefined,
  });
}
