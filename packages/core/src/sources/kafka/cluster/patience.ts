import { setTimeout as sleep } from 'node:timers/promises';

/** How long a cluster may be away before that is an error, in milliseconds: a broker that restarts is back by then. */
export const defaultPatienceMs = 60_000;

/** The same for a cluster that has not answered yet. */
export const firstPatienceMs = 3000;

const firstPauseMs = 50;
const longestPauseMs = 1000;

/** A failure that may pass by itself, and is tried again until the patience is over. */
export class PassingFailure extends Error {
  /** How long to try again at most, where that is less than usual. */
  readonly patienceMs: number;

  constructor(message: string, cause?: unknown, patienceMs = Infinity) {
    super(message, { cause });
    this.name = 'PassingFailure';
    this.patienceMs = patienceMs;
  }
}

/**
 * Tries until it works, with growing pauses. Only a `PassingFailure` is tried again.
 * @param recover called before each further try, with what failed
 */
export async function withPatience<Result>(
  attempt: () => Promise<Result>,
  recover: (failure: PassingFailure) => Promise<void>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Result> {
  const started = performance.now();
  let pause = firstPauseMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      const patience = Math.min(patienceMs, error.patienceMs);
      if (performance.now() + pause - started > patience) throw error.cause ?? error;
      await sleep(pause, undefined, { signal });
      pause = Math.min(pause * 2, longestPauseMs);
      // Whether this works shows at the next try.
      await recover(error).catch(() => undefined);
    }
  }
}
