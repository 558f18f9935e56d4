import { describe, expect, it } from 'vitest';
import { plainStyle } from '../terminal/terminal-style.js';
import type { Terminal } from '../terminal/terminal.js';
import { createProgressReporter } from './progress-reporter.js';

function reporter(errIsTerminal: boolean, quiet = false) {
  const lines: string[] = [];
  const terminal: Terminal = {
    outStyle: plainStyle,
    errStyle: plainStyle,
    interactive: false,
    errIsTerminal,
    out: () => undefined,
    outRaw: () => undefined,
    err: (more) => {
      lines.push(...more);
    },
    status: (line) => {
      if (line !== '') lines.push(`~${line}`);
    },
  };
  let at = 0;
  const progress = createProgressReporter(terminal, quiet, () => at, 0);
  const tick = (ms: number, done: number) => {
    at += ms;
    progress.report({ phase: 'replay', done, total: 10_000, quarantined: 0 });
  };
  return { lines, tick };
}

describe('progress', () => {
  it('is drawn over itself on a terminal, ten times a second at most', () => {
    const { lines, tick } = reporter(true);
    for (let i = 1; i <= 100; i++) tick(20, i * 10);
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toMatch(/^~replay .*10 % {2}1,000 \/ 10,000 {2}500\/s {2}left 18\.0s/);
  });

  it('is a line every five seconds elsewhere, and nothing for short work', () => {
    const { lines, tick } = reporter(false);
    for (let i = 1; i <= 100; i++) tick(110, i);
    expect(lines).toHaveLength(2);
    const short = reporter(false);
    for (let i = 1; i <= 40; i++) short.tick(110, i);
    expect(short.lines).toEqual([]);
  });

  it('is silent when it shall be quiet', () => {
    const { lines, tick } = reporter(true, true);
    for (let i = 1; i <= 100; i++) tick(1000, i);
    expect(lines).toEqual([]);
  });
});
