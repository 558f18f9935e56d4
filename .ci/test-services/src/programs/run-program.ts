import { execFile } from 'node:child_process';

export interface ProgramResult {
  readonly ok: boolean;
  /** Standard output and standard error, one behind the other. */
  readonly output: string;
  /** Why it did not end well, in words; null when it did. */
  readonly problem: string | null;
}

/** Runs a program without a shell and waits for it. Never throws: a program that cannot be started is a result too. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<ProgramResult> {
  const { cwd, timeoutMs = 30_000 } = options;
  const settings = { timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }) };
  return new Promise((resolve) => {
    execFile(program, args, settings, (error, stdout, stderr) => {
      const output = stdout + stderr;
      resolve({ ok: error === null, output, problem: error === null ? null : problemOf(error, program, timeoutMs) });
    });
  });
}

function problemOf(error: Error & { code?: unknown; killed?: boolean }, program: string, timeoutMs: number): string {
  if (error.code === 'ENOENT') return `${program} is not installed, or not in PATH`;
  if (error.killed === true) return `${program} took longer than ${timeoutMs / 1000} seconds`;
  if (typeof error.code === 'number') return `${program} ended with code ${error.code}`;
  return `${program} cannot be run (${error.message})`;
}
