import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';

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

/** Nobody can tell whether a batch counts: what would say so is damaged. */
export function undecidedBatch(baseOffset: number): RecoveryError {
  return damagedBatch(
    baseOffset,
    'whether its transaction was undone is not known, since a batch before it that may say so is damaged',
  );
}

/** The same error with the partition, which a batch does not know. */
export function inPartition(
  error: RecoveryError,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): RecoveryError {
  return new RecoveryError(error.code, `${topic}[${partition}]: ${error.message}`, {
    ...(error.hint !== undefined && { hint: error.hint }),
    cause: error,
    details: { ...error.details, topic, partition },
  });
}

/** A codec that is not known is as good as damage: the bytes can be kept, and nothing else. */
export function isBatchDamage(error: unknown): error is RecoveryError {
  return isRecoveryError(error) && (error.code === 'corrupt-record-batch' || error.code === 'kafka-incompatible');
}

function nameBatch(baseOffset: number | null): string {
  return baseOffset === null ? 'a record batch' : `the record batch at offset ${baseOffset}`;
}
