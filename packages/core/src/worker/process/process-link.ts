import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { isUtf8 } from 'node:buffer';
import { LineReader } from './line-reader.js';
import { helloTimeoutMs, maxLineBytes } from './process-limits.js';
import { brokenProtocol, ProcessBroken, quoteLine, type BrokenReason } from './process-fault.js';
import { StderrTail } from './stderr-tail.js';

/** How a process is started: without a shell, in this folder. */
export interface ProcessCommand {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Waiting {
  readonly timeoutMs: number;
  /** Takes the answer; throws where it is none. */
  readonly take: (line: string) => void;
  readonly reject: (error: unknown) => void;
}

/** What a process still has to say when it ends, and how long it may take to end by itself. */
const graceMs = 1000;

/** Processes that are still there when this one exits would be nobody's. */
const running = new Set<ProcessLink>();
let watching = false;

/**
 * One started process: lines go in, each is answered by one line, in order. Whatever goes wrong ends it for good: all that
 * wait are told, and so is everybody who asks later. It is a group of its own, so that what it starts ends with it.
 */
export class ProcessLink {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines = new LineReader(maxLineBytes);
  readonly #stderr = new StderrTail();
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #broken: ProcessBroken | null = null;
  #closing = false;
  #exit: ProcessExit | null = null;
  readonly #gone: Promise<void>;

  constructor({ command: [program, ...args], cwd }: ProcessCommand) {
    const child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'], detached: true, windowsHide: true });
    this.#child = child;
    watchExit();
    running.add(this);
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    // A process that ended says so by its exit; that it reads no more is no news.
    child.stdin.on('error', () => undefined);
    child.stdout.on('end', () => this.#endLater('it closed its stdout'));
    child.on('error', (error) => this.break({ kind: 'not-started', what: error.message }));
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        this.#endLater(describeExit(code, signal));
      });
      child.once('close', (code, signal) => {
        this.break({ kind: 'ended', what: describeExit(code, signal) });
        resolve();
      });
      child.once('error', () => resolve());
    });
  }

  /** False once it is of no use any more. */
  get alive(): boolean {
    return this.#broken === null;
  }

  /**
   * Sends a line and reads the one that answers it. The time counts from when all earlier ones were answered.
   * @param read called at once, so that the first thing that is wrong is the one that is told; a ProcessBroken that it
   *   throws ends the process, since what comes after an answer that is none cannot be trusted
   * @throws ProcessBroken, and what `read` throws
   */
  request<T>(line: string, timeoutMs: number, read: (answer: string) => T | Promise<T>): Promise<T> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ timeoutMs, take: (answer) => resolve(read(answer)), reject });
      if (this.#waiting.length === 1) this.#startClock();
      this.#child.stdin.write(`${line}\n`);
    });
  }

  /** Ends the process and tells everybody who waits why. The first reason counts. */
  break(reason: BrokenReason): ProcessBroken {
    if (this.#broken === null) {
      this.#broken = new ProcessBroken(reason, this.#stderr.text);
      clearTimeout(this.#timer);
      this.#kill();
      for (const { reject } of this.#waiting) reject(this.#broken);
      this.#waiting = [];
    }
    return this.#broken;
  }

  /** Asks the process to end, and ends it where it does not. */
  async close(): Promise<void> {
    this.sayClose();
    this.endInput();
    await this.waitForExit(graceMs);
  }

  /** What it prints from now on is not minded. */
  sayClose(): void {
    this.#closing = true;
    if (this.alive) this.#child.stdin.write('{"type":"close"}\n');
  }

  endInput(): void {
    this.#closing = true;
    this.#child.stdin.end();
  }

  /** How it ended by itself; null where it did not in time, and was ended. */
  async waitForExit(timeoutMs: number): Promise<ProcessExit | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#gone, late]);
    clearTimeout(timer);
    const exit = this.#exit;
    this.break({ kind: 'ended', what: 'it was closed' });
    return exit;
  }

  #read(chunk: Buffer): void {
    if (this.#broken !== null) return;
    const lines = this.#lines.push(chunk);
    if (lines === null) {
      this.break({ kind: 'protocol', what: `it printed a line of more than ${maxLineBytes / 1024 / 1024} MiB` });
      return;
    }
    for (const line of lines) if (this.#broken === null) this.#answer(line);
  }

  #answer(bytes: Buffer): void {
    const line = bytes.toString('utf8');
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      if (this.#closing) return;
      this.break({ kind: 'protocol', what: `it printed a line that nobody waits for: ${quoteLine(line)}` });
      return;
    }
    try {
      if (!isUtf8(bytes)) throw brokenProtocol(`its answer is not UTF-8: ${quoteLine(line)}`);
      waiting.take(line);
    } catch (error) {
      waiting.reject(error instanceof ProcessBroken ? this.break(error.reason) : error);
    }
    this.#startClock();
  }

  #startClock(): void {
    clearTimeout(this.#timer);
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#timer = setTimeout(() => this.break({ kind: 'timeout', ms: first.timeoutMs }), first.timeoutMs);
  }

  /** Lines that are still under way are heard, and the code of an exit that is about to be told. */
  #endLater(what: string): void {
    setTimeout(() => this.break({ kind: 'ended', what }), graceMs / 4).unref();
  }

  #kill(): void {
    running.delete(this);
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }

  static killAll(): void {
    for (const link of running) link.#kill();
  }
}

function watchExit(): void {
  if (watching) return;
  watching = true;
  process.once('exit', () => ProcessLink.killAll());
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
}

/** The time limit of the first message, which an interpreter has to start for. */
export function timeoutForHello(eventTimeoutMs: number): number {
  return Math.max(helloTimeoutMs, eventTimeoutMs);
}
