import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import { workerFailure } from '../worker-failures.js';
import type { Worker, WorkerEvent } from '../worker.js';
import type { NamedKeys } from './batch-worker.js';
import type { KeysOfEvent } from './read-keys-answer.js';
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

/** What a handler said when it failed on an event. */
export function handlerFailure(
  worker: Worker,
  event: WorkerEvent,
  keys: readonly string[],
  said: string,
): RecoveryError {
  return workerFailure('worker-failed', worker, event, `it failed: ${said}`, {
    hint: 'mend the handler and plan again, or let poison: quarantine-event park such events',
    keys,
  });
}

/** The keys that a process gave for an event, or the fault for which it has none. */
export function nameKeys(worker: Worker, event: WorkerEvent, answer: KeysOfEvent): NamedKeys {
  if (answer.kind === 'keys') return answer;
  const error =
    answer.kind === 'threw'
      ? workerFailure('worker-failed', worker, event, `it cannot name its keys: ${answer.message.slice(0, 2000)}`)
      : workerFailure('invalid-event-keys', worker, event, `keys gave ${answer.what}`, {
          hint: 'answer with a list with at least one text for each event',
        });
  return { kind: 'failed', error };
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
