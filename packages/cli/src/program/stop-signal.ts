/** How a process is asked to stop. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

/**
 * Turns the first Ctrl-C or SIGTERM into an abort, and lets the second one end the process at once. `onFirst` may say
 * that work is being brought to a clean end.
 */
export function listenForStop(onFirst: () => void): StopSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      process.kill(process.pid, name);
      return;
    }
    onFirst();
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
