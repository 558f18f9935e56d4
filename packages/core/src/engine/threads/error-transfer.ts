import type { ErrorCode } from '../../model/errors/error-catalogue.js';
import { describeThrown } from '../../worker/worker-failures.js';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';

/** An error in a form that crosses threads with its code, hint and chain of causes. */
export interface TransferredError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly stack: string | undefined;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly cause: TransferredError | null;
}

export function packError(error: unknown): TransferredError {
  if (!(error instanceof Error) && !isRecoveryError(error)) {
    return { code: null, message: describeThrown(error), stack: undefined, hint: undefined, details: {}, cause: null };
  }
  return {
    code: isRecoveryError(error) ? error.code : null,
    message: error.message,
    stack: error.stack,
    hint: isRecoveryError(error) ? error.hint : undefined,
    details: isRecoveryError(error) ? error.details : {},
    cause: error.cause === undefined ? null : packError(error.cause),
  };
}

export function unpackError(packed: TransferredError): Error {
  const cause = packed.cause === null ? undefined : unpackError(packed.cause);
  const error =
    packed.code === null
      ? new Error(packed.message, cause === undefined ? undefined : { cause })
      : new RecoveryError(packed.code, packed.message, {
          ...(packed.hint === undefined ? {} : { hint: packed.hint }),
          details: packed.details,
          cause,
        });
  if (packed.stack !== undefined) error.stack = packed.stack;
  return error;
}
