import type { ErrorCode } from '../../model/errors/error-catalogue.js';
import { quoteKey } from '../worker-failures.js';

/** What made a process useless: it has to be ended, and its batches go to another one. */
export type BrokenReason =
  | { readonly kind: 'not-started'; readonly what: string }
  | { readonly kind: 'ended'; readonly what: string }
  | { readonly kind: 'timeout'; readonly ms: number }
  | { readonly kind: 'protocol'; readonly what: string };

/** A process that died, does not answer, or does not speak the protocol. Which event is to blame is found out by others. */
export class ProcessBroken extends Error {
  readonly reason: BrokenReason;
  /** Its last lines on stderr; '' where there are none. */
  readonly stderr: string;

  constructor(reason: BrokenReason, stderr = '') {
    super(reason.kind === 'timeout' ? `it did not answer within ${reason.ms} ms` : reason.what);
    this.reason = reason;
    this.stderr = stderr;
  }
}

/** An answer that follows the protocol and breaks a rule of the worker: the process stays, its answer does not count. */
export class AnswerRefused extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;

  constructor(code: ErrorCode, what: string, path?: string) {
    super(what);
    this.code = code;
    this.path = path;
  }
}

export function brokenProtocol(what: string): ProcessBroken {
  return new ProcessBroken({ kind: 'protocol', what });
}

/** A line for a message: quoted, and short. */
export function quoteLine(line: string): string {
  return quoteKey(line.slice(0, 200));
}

/** What happened, with what the process had to say on stderr. */
export function describeBroken(broken: ProcessBroken): string {
  return broken.stderr === '' ? broken.message : `${broken.message}; its last lines on stderr:\n${broken.stderr}`;
}
