import { RecoveryError } from '../../../model/errors/recovery-error.js';

/**
 * A record batch is not what its producer and its broker made. `baseOffset` is the first offset of the batch, null where
 * it is not known. `what` says what is wrong with it, never what it holds.
 */
export function damagedBatch(baseOffset: number | null, what: string, cause?: unknown): RecoveryError {
  return new RecoveryError('corrupt-record-batch', `${nameBatch(baseOffset)}: ${what}`, {
    hint: 'read it again, from another replica if there is one; if it stays so, the log of the broker is damaged there',
    cause,
    details: { baseOffset: baseOffset === null ? null : String(baseOffset) },
  });
}

/** A record batch is of a kind that this client does not read. */
export function unspokenBatch(baseOffset: number | null, what: string, hint: string): RecoveryError {
  return new RecoveryError('kafka-incompatible', `${nameBatch(baseOffset)}: ${what}`, {
    hint,
    details: { baseOffset: baseOffset === null ? null : String(baseOffset) },
  });
}

function nameBatch(baseOffset: number | null): string {
  return baseOffset === null ? 'a record batch' : `the record batch at offset ${baseOffset}`;
}
