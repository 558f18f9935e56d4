import { clearInterval, setInterval } from 'node:timers';

const everyMs = 20;

/** Reads from now on what memory this process holds, in bytes, 50 times a second; called, it stops and gives what was read. */
export function sampleMemory() {
  const samples = [process.memoryUsage.rss()];
  const timer = setInterval(() => samples.push(process.memoryUsage.rss()), everyMs);
  return () => {
    clearInterval(timer);
    return samples;
  };
}
