import type { ProgressReport } from '@eventmend/core';
import type { Terminal } from '../terminal/terminal.js';
import { progressLine } from './progress-line.js';

const redrawMs = 100;
const quietMs = 5_000;
const rateWindowMs = 5_000;

/**
 * Shows progress on stderr: a line that is drawn over itself on a terminal, else a line every five seconds, the first after
 * five, so that short work writes nothing into a log. `now` is a monotonic clock in milliseconds.
 */
export function createProgressReporter(terminal: Terminal, quiet: boolean, now: () => number, gaps = 0) {
  let phase: ProgressReport['phase'] | null = null;
  let samples: { readonly at: number; readonly done: number }[] = [];
  let shownAt = now();

  function rateAt(at: number, done: number): number | null {
    samples = samples.filter((sample) => at - sample.at <= rateWindowMs);
    const first = samples[0];
    samples.push({ at, done });
    // Nothing done yet is no rate of zero: the first batch is on its way.
    return first === undefined || at === first.at || done === first.done
      ? null
      : ((done - first.done) / (at - first.at)) * 1000;
  }

  return {
    report(progress: ProgressReport): void {
      if (quiet) return;
      const at = now();
      if (progress.phase !== phase) {
        phase = progress.phase;
        samples = [{ at, done: progress.done }];
      }
      if (at - shownAt < (terminal.errIsTerminal ? redrawMs : quietMs)) return;
      shownAt = at;
      const line = progressLine({ ...progress, rate: rateAt(at, progress.done), gaps }, terminal.errStyle);
      if (terminal.errIsTerminal) terminal.status(line);
      else terminal.err([line]);
    },
    status(line: string): void {
      if (quiet) return;
      const at = now();
      if (terminal.errIsTerminal) terminal.status(line);
      else if (at - shownAt >= quietMs) terminal.err([line]);
      else return;
      shownAt = at;
    },
    end(): void {
      terminal.status('');
    },
  };
}
