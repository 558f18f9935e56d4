import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import { workerFailure } from '../worker-failures.js';
import type { Worker, WorkerEvent } from '../worker.js';
import { AnswerRefused, describeBroken, ProcessBroken } from './process-fault.js';

const policyHint = 'mend the process and plan again, or let poison: quarantine-event park such events';

/** True for what went wrong with an answer, and of which it has to be found out which event is to blame. */
export function isFaultOfAnswer(error: unknown): error is ProcessBroken | AnswerRefused {
  return error instanceof ProcessBroken || error instanceof AnswerRefused;
}

/** The fault of an event that was alone with its process when something went wrong. */
export function faultOfEvent(fault: ProcessBroken | AnswerRefused, worker: Worker, event: WorkerEvent): RecoveryError {
  if (fault instanceof AnswerRefused) {
    const path = fault.path === undefined ? {} : { path: fault.path };
    return workerFailure(fault.code, worker, event, fault.message, {
      hint: 'a state or an output is plain JSON data; larger integers travel as texts; only the keys of the event are touched',
      ...path,
    });
  }
  const { reason } = fault;
  switch (reason.kind) {
    case 'ended':
    case 'not-started':
      return workerFailure('worker-failed', worker, event, `its process broke at it: ${describeBroken(fault)}`, {
        hint: policyHint,
        cause: fault,
      });
    case 'timeout':
      return workerFailure(
        'worker-timeout',
        worker,
        event,
        `the worker did not come back from it within ${reason.ms} ms`,
        {
          hint: 'mend the handler, raise tuning.event_timeout_ms, or let poison: quarantine-event park such events',
          cause: fault,
        },
      );
    case 'protocol':
      return workerFailure('worker-protocol-violation', worker, event, describeBroken(fault), {
        hint: 'nothing but the protocol may be printed on stdout; eventmend worker conformance looks closer',
        cause: fault,
      });
  }
}

/** What the policy of the incident decides about; anything else goes on upwards. */
export function failureOfEvent(error: unknown): RecoveryError {
  if (
    isRecoveryError(error) &&
    ['worker-failed', 'worker-timeout', 'non-json-value', 'undeclared-key'].includes(error.code)
  )
    return error;
  throw error;
}

export function notDeterministic(worker: Worker, event: WorkerEvent, what: string): RecoveryError {
  return workerFailure('nondeterministic-worker', worker, event, what, {
    hint: 'use the `now` of the event instead of the clock, no random numbers, and keep nothing outside the states; 1.0 and 1 are one number',
  });
}
