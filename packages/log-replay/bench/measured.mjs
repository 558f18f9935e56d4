import { performance } from 'node:perf_hooks';

/** Milliseconds by the clock and of the processor, in all threads of this process, that an action takes. */
export async function measured(action) {
  const before = process.cpuUsage();
  const started = performance.now();
  await action();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000 };
}
