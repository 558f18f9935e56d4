import { describeEvent } from '../model/event/event-identity.js';
import { RecoveryError } from '../model/errors/recovery-error.js';
import type { ErrorCode } from '../model/errors/error-catalogue.js';
import type { Worker, WorkerEvent } from './worker.js';

export type EventPlace = Pick<WorkerEvent, 'source' | 'topic' | 'incarnation' | 'partition' | 'offset'>;

/** `flights[3]@18204933` of an event as the handler sees it. */
function describeEventPlace(event: EventPlace): string {
  const { source, topic, incarnation, partition, offset } = event;
  return describeEvent({ kind: 'log', source, topic, incarnation, partition, offset });
}

export interface FailureExtras {
  readonly hint?: string;
  readonly cause?: unknown;
  readonly keys?: readonly string[];
  readonly path?: string;
}

/** An error that names the worker and the event; the payload is never part of it. */
export function workerFailure(
  code: ErrorCode,
  worker: Worker,
  event: EventPlace,
  what: string,
  extras: FailureExtras = {},
): RecoveryError {
  const { source, topic, incarnation, partition, offset } = event;
  return new RecoveryError(
    code,
    `worker ${worker.name}@${worker.version}, event ${describeEventPlace(event)}: ${what}`,
    {
      ...(extras.hint === undefined ? {} : { hint: extras.hint }),
      ...(extras.cause === undefined ? {} : { cause: extras.cause }),
      details: {
        worker: worker.name,
        version: worker.version,
        event: { source, topic, incarnation, partition, offset: String(offset) },
        ...(extras.keys === undefined ? {} : { keys: extras.keys.slice(0, 10) }),
        ...(extras.path === undefined ? {} : { path: extras.path }),
      },
    },
  );
}

/** An event with a number at `path` that a double cannot give back. */
export function inexactFailure(worker: Worker, event: EventPlace, reason: string, path: string): RecoveryError {
  return workerFailure('inexact-number', worker, event, reason, {
    hint: "with numbers: 'text' in the worker (or in the mapping of the log) such numbers are given as texts",
    path,
  });
}

/** What was thrown, in one line: handlers may throw anything, even things that cannot be turned into text. */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`;
    return `${typeof thrown} ${String(thrown)}`.slice(0, 200);
  } catch {
    return `${typeof thrown} that has no text`;
  }
}

/** Key names in messages: quoted, and not longer than a line. */
export function quoteKey(key: unknown): string {
  const text = JSON.stringify(typeof key === 'string' ? key : describeThrown(key));
  return text.length <= 80 ? text : `${text.slice(0, 76)}..."`;
}
