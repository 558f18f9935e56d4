import { createEngine } from '../engine/create-engine.js';
import { openTerminal } from '../terminal/terminal.js';
import type { ResultStream } from './result-stream.js';
import { listenForStop } from './stop-signal.js';
import type { CliEnvironment } from './cli-environment.js';

/** The real world: this process, its terminal, and the packages below. */
export function processEnvironment(stdout: ResultStream): CliEnvironment {
  const { stdin, stderr, env, platform } = process;
  return {
    cwd: process.cwd(),
    terminal: openTerminal({ stdin, stdout, stderr, env, platform }),
    engine: createEngine(),
    async confirm(question) {
      const { confirm, isCancel } = await import('@clack/prompts');
      // Some pseudo-terminals say that they are 0 columns wide; the prompt would break its question after each letter.
      if (stderr.columns === 0) stderr.columns = 80;
      const answer = await confirm({ message: question, output: stderr, initialValue: false });
      return isCancel(answer) ? null : answer;
    },
    listenForStop,
    now: () => performance.now(),
  };
}
