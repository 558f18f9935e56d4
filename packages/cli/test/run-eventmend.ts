import { processEnvironment } from '../src/program/process-environment.js';
import { runCli } from '../src/program/run-cli.js';
import { openTerminal } from '../src/terminal/terminal.js';
import type { Ended } from './spawn-eventmend.js';

/**
 * Runs the program in this process, without a terminal and 80 columns wide, since to start one takes far longer than what most
 * commands do. Not for tests of signals, of the environment, of locks between processes, or of what a module prints: they
 * spawn it. `process.test.ts` holds both against each other.
 */
export async function runEventmend(cwd: string, words: readonly string[]): Promise<Ended> {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (written[name] += text) });
  const code = await runCli(words, {
    ...processEnvironment(process.stdout),
    cwd,
    terminal: openTerminal({ stdin: {}, stdout: stream('out'), stderr: stream('err'), env: {}, platform: 'linux' }),
    listenForStop: () => ({ signal: new AbortController().signal, release: () => undefined }),
  });
  return { code, signal: null, ...written };
}
