import { isRecoveryError } from '@eventmend/core';
import { exitCodeOf } from '../render/render-error.js';

/** What `--json` prints in place of a result. Apart from its schema, so that an error does not load the schemas. */
export function errorToJson(error: unknown, command: string, next: readonly string[]) {
  const known = isRecoveryError(error);
  return {
    format_version: 1,
    command,
    error: {
      code: known ? error.number : null,
      message: error instanceof Error ? error.message : String(error),
      hint: known ? (error.hint ?? null) : null,
      details: known ? error.details : {},
      exitCode: exitCodeOf(error),
    },
    next,
  };
}
