import { spawn, type ChildProcess } from 'node:child_process';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { ByteChunks } from './byte-chunks.js';
import { lastLines } from './last-lines.js';
import type { CommandInput } from './row-input.js';
import { defaultTimeLimitMs } from './row-limits.js';

/**
 * What a command prints, in bounded pieces: it waits while nobody reads. It runs in a process group of its own, which
 * is killed as a whole when the time is up, when the reader closes, and when this process ends. The end is told only
 * after the command has ended well.
 * @throws RecoveryError `source-command-failed` when it cannot be started, fails or takes too long; with the last lines
 *   of its stderr.
 */
export function openCommandChunks(input: CommandInput): ByteChunks {
  const [program = '', ...words] = input.command;
  const limit = input.timeLimitMs ?? defaultTimeLimitMs;
  const child = spawn(program, words, {
    cwd: input.folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const complaints = lastLines(child.stderr, process.env);
  const outcome = outcomeOf(child);
  const pieces = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let consumed = 0;
  let ended = false;
  let late = false;

  const kill = (): void => {
    killGroup(child);
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
    // A grandchild in another group could hold the pipe open for ever.
    child.stdout.destroy();
  }, limit);
  process.once('exit', kill);

  function release(): void {
    ended = true;
    clearTimeout(timer);
    process.removeListener('exit', kill);
  }

  function failed(reason: string, hint: string, cause?: unknown): RecoveryError {
    const said = complaints.text();
    return new RecoveryError('source-command-failed', `command ${program} ${reason}${said === '' ? '' : `\n${said}`}`, {
      hint,
      details: { program },
      ...(cause !== undefined && { cause }),
    });
  }

  async function next(): Promise<Buffer | null> {
    if (ended) return null;
    const piece = await pieces.next().catch(() => ({ done: true, value: undefined }) as const);
    if (ended) return null;
    if (piece.done !== true) {
      consumed += piece.value.length;
      return piece.value;
    }
    const end = await outcome;
    await complaints.done;
    release();
    killGroup(child); // what it left running in its group
    if (late)
      throw failed(
        `did not end within ${limit} ms and was killed`,
        'give it more time with time_limit, or make it faster',
      );
    switch (end.kind) {
      case 'not-started':
        throw failed(
          `cannot be started (${end.reason})`,
          'is the program installed? It is started without a shell',
          end.cause,
        );
      case 'signal':
        throw failed(`was ended by ${end.signal}`, 'run it yourself to see why');
      case 'exit':
        if (end.code === 0) return null;
        throw failed(`failed with exit code ${end.code}`, 'run it yourself to see why');
    }
  }

  return {
    next,
    get consumed() {
      return consumed;
    },
    close() {
      if (ended) return;
      release();
      killGroup(child);
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

type Outcome =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly reason: string; readonly cause: unknown };

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      resolve({ kind: 'not-started', reason: cause.code ?? 'unknown reason', cause });
    });
    child.once('exit', (code, signal) => {
      resolve(code === null ? { kind: 'signal', signal: signal ?? 'a signal' } : { kind: 'exit', code });
    });
  });
}

/** The group has the number of its first process; where there is none any more, nothing has to be done. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: all of it has ended already.
  }
}
