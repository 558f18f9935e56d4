import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';

/** True for what kafkajs' decoder throws at bytes that are no answer. */
export function isNoAnswer(error: unknown): boolean {
  return error instanceof RangeError;
}

/** An answer that neither side of the protocol can have meant. */
function notUnderstood(cause: unknown): RecoveryError {
  return new RecoveryError('kafka-incompatible', 'the broker answered with something that is not understood', {
    hint: 'is it a Kafka broker, and reached without anything in between that changes what it says?',
    cause,
  });
}

/** What is left unexplained of kafkajs' errors is an answer that it did not expect; anything else stays what it is. */
export function orNotUnderstood(error: unknown): unknown {
  if (isRecoveryError(error) || !(error instanceof Error)) return error;
  return isNoAnswer(error) || error.name.startsWith('KafkaJS') ? notUnderstood(error) : error;
}
