import type { ErrorCode } from '../../model/errors/error-catalogue.js';
import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';

/**
 * Faults of one event in the hands of the worker, which the poison policy decides about. The others (a worker that is not
 * deterministic, that changes its input or breaks its promise of locality) make every result doubtful and always stop.
 */
const faultsOfAnEvent: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'worker-failed',
  'worker-timeout',
  'non-json-value',
  'undeclared-key',
  'undecodable-event',
  'inexact-number',
  'invalid-handler-result',
  'invalid-event-keys',
  'no-valid-worker-version',
]);

export function isFaultOfEvent(error: unknown): error is RecoveryError {
  return isRecoveryError(error) && faultsOfAnEvent.has(error.code);
}
