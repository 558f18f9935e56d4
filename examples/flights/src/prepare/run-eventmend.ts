import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface EventmendCall {
  readonly cwd: string;
  /** `inherit` shows what the command prints; otherwise its stdout is given back. Errors and progress always show. */
  readonly show: boolean;
}

export interface EventmendResult {
  readonly exitCode: number;
  readonly stdout: string;
}

/** A command ended with another code than 0. What it had to say is on the screen already. */
export interface EventmendFailure extends Error {
  readonly exitCode: number;
}

export function eventmendFailure(args: readonly string[], exitCode: number): EventmendFailure {
  return Object.assign(new Error(`eventmend ${args.join(' ')} ended with exit code ${String(exitCode)}`), { exitCode });
}

export function isEventmendFailure(error: unknown): error is EventmendFailure {
  return error instanceof Error && 'exitCode' in error;
}

/** Runs the real command line in a process of its own, as a user would. A signal to stop is left to it. */
export function runEventmend(args: readonly string[], { cwd, show }: EventmendCall): Promise<EventmendResult> {
  const bin = join(dirname(createRequire(import.meta.url).resolve('@eventmend/cli/package.json')), 'bundle', 'bin.js');
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    stdio: ['inherit', show ? 'inherit' : 'pipe', 'inherit'],
  });
  // Ctrl-C reaches the child through the terminal; this process must outlive it to say what to do next.
  const ignore = () => undefined;
  const forward = () => void child.kill('SIGTERM');
  process.on('SIGINT', ignore);
  process.on('SIGTERM', forward);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', forward);
      resolve({ exitCode: code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 130 : 1), stdout });
    });
  });
}
