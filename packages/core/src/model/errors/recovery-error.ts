import { errorCatalogue, type ErrorCode } from './error-catalogue.js';

/** Marks the errors of this project across copies of the package: two installed copies of core still know each other's. */
const brand = Symbol.for('eventmend.RecoveryError');

export interface RecoveryErrorDetails {
  /** What the reader can do about it, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Machine-readable facts: offsets as strings, keys, paths. Never secrets, never event payloads. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The only error that the packages throw on purpose. `code` is a stable name for programs to compare with; it maps to a
 * number and an exit code through the error catalogue; see docs/errors.md.
 */
export class RecoveryError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: RecoveryErrorDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RecoveryError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }

  /** The number of this error in docs/errors.md, such as `EM2103`: what is printed, and what files and `--json` hold. */
  get number(): string {
    return errorCatalogue[this.code].number;
  }

  /** Exit code of the CLI for this error; see docs/errors.md. */
  get exitCode(): number {
    return errorCatalogue[this.code].exit;
  }
}

/** True for a RecoveryError of any installed copy of this package. */
export function isRecoveryError(error: unknown): error is RecoveryError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[brand] === true;
}

/** True for a RecoveryError that the worker caused (EM3 in docs/errors.md): by its definition, its code, or what it returned. */
export function isWorkerError(error: unknown): error is RecoveryError {
  return isRecoveryError(error) && error.number.startsWith('EM3');
}
