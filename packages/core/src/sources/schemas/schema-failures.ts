import { RecoveryError } from '../../model/errors/recovery-error.js';

/** The registry does not have a schema; `what` goes on after the schema's number. */
export function unknownSchema(
  id: number,
  what: string,
  options: { hint?: string; cause?: unknown } = {},
): RecoveryError {
  return new RecoveryError('unusable-schema', `schema ${id} ${what}`, {
    hint:
      options.hint ??
      'is it the right registry? A schema that was deleted for good can only be registered again from a backup',
    cause: options.cause,
    details: { schemaId: id },
  });
}

/** A schema is there and cannot be used. `what` must not quote the schema at length. */
export function unusableSchema(id: number, what: string, cause?: unknown): RecoveryError {
  return new RecoveryError('unusable-schema', `schema ${id} cannot be used: ${what}`, {
    hint: 'compare the schema in the registry with what its language allows',
    cause,
    details: { schemaId: id },
  });
}
