import type { ProgressReport } from '@eventmend/core';
import type { Engine } from '../engine/engine.js';
import type { Terminal } from '../terminal/terminal.js';

/** Asks a question that is answered with yes or no; null when the one who was asked turned away. */
export type Confirm = (question: string) => Promise<boolean | null>;

/** What a command may use of the world around it. */
export interface CommandContext {
  readonly cwd: string;
  readonly terminal: Terminal;
  readonly engine: Engine;
  /** Aborts on the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly confirm: Confirm;
  /** Lines for people besides the result: what is going to be done, before a question. Silent with --json. */
  say(lines: readonly string[]): void;
  /** Shows how far long work is; call `end` when it is over. */
  progress(gaps?: number): {
    report(progress: ProgressReport): void;
    /** A line of one's own, where there is no end to work towards. */
    status(line: string): void;
    end(): void;
  };
}

/** What a command gives back: rendered for people, and as a document for programs. */
export interface CommandResult {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
  /** Commands that make sense now, the best first; shown as the last line. */
  readonly next: readonly string[];
}
