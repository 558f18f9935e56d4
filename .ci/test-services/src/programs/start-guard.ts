import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import type { GuardMessage, StartMessage } from './guard-messages.js';

/** How a program ended. */
interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program that a guard has started. */
export interface GuardedProgram {
  readonly pid: number;
  /** Whether it has not ended yet, as far as is known here. */
  running(): boolean;
  /** Settles when it has ended, by whatever; does not keep this process alive. */
  readonly end: Promise<ProgramEnd>;
  /** The same, and keeps this process alive until then. */
  ended(): Promise<ProgramEnd>;
  /** Sends a signal; nothing where it has ended already. */
  signal(name: NodeJS.Signals): void;
}

export interface Guard {
  /** @throws Error when the program cannot be started. */
  start(program: string, args: readonly string[], log: string): Promise<GuardedProgram>;
  /** Ends what is still running at once, removes the folder and waits until that is done. */
  close(): Promise<void>;
}

/**
 * Starts the process that ends programs when this process is gone. It is the leader of a session of its own, so that
 * Ctrl-C on a terminal reaches this process alone. A guard does not keep this process alive while nothing is awaited.
 * @param folder is removed at the end; null for none.
 */
export function startGuard(folder: string | null): Guard {
  // The built file wherever this module runs from, and without the loaders and debuggers of this process.
  const module = createRequire(import.meta.url).resolve('#guard');
  const child = fork(module, [folder ?? ''], { detached: true, execArgv: [], stdio: 'ignore' });
  const listeners = new Map<number, (message: GuardMessage) => void>();
  let started = 0;
  let awaited = 0;

  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const [id, tell] of listeners) tell({ id, kind: 'ended', code: null, signal: null });
      resolve();
    });
    child.once('error', () => resolve());
  });
  child.on('message', (message: GuardMessage) => listeners.get(message.id)?.(message));
  child.unref();
  child.channel?.unref();

  async function awaiting<Result>(promise: Promise<Result>): Promise<Result> {
    awaited++;
    child.ref();
    child.channel?.ref();
    try {
      return await promise;
    } finally {
      if (--awaited === 0) {
        child.unref();
        child.channel?.unref();
      }
    }
  }

  return {
    start(program, args, log) {
      const id = ++started;
      let end: ProgramEnd | null = null;
      const answer = new Promise<GuardedProgram>((resolve, reject) => {
        const ended = new Promise<ProgramEnd>((settle) => {
          listeners.set(id, (message) => {
            if (message.kind === 'started') resolve(programOf(message.pid));
            else {
              listeners.delete(id);
              end = message.kind === 'ended' ? { code: message.code, signal: message.signal } : noEnd;
              settle(end);
              reject(
                new Error(`${program} cannot be started: ${message.kind === 'failed' ? message.message : 'ended'}`),
              );
            }
          });
        });
        const programOf = (pid: number): GuardedProgram => ({
          pid,
          end: ended,
          running: () => end === null,
          ended: () => awaiting(ended),
          signal(name) {
            if (end === null) sendSignal(pid, name);
          },
        });
        const message: StartMessage = { id, program, args, log };
        child.send(message, (error) => {
          if (error !== null) reject(error);
        });
      });
      return awaiting(answer);
    },

    close() {
      if (child.connected) child.disconnect();
      return awaiting(gone);
    },
  };
}

const noEnd: ProgramEnd = { code: null, signal: null };

/** It may have ended in this very moment. */
function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ESRCH') throw error;
  }
}
