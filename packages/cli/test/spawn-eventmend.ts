import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../bundle/bin.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A program, with its arguments, that runs ours: strace, or a shell with limits. */
  readonly through?: readonly string[];
  readonly onSpawn?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the built program in a process of its own, without a terminal. */
export function spawnEventmend(cwd: string, words: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const [program, ...args] = [...(options.through ?? []), process.execPath, bin, ...words] as [string, ...string[]];
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...options.env },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  options.onSpawn?.((signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, out, err });
    });
  });
}
