import { RecoveryError } from '../../model/errors/recovery-error.js';
import { keepingProtocol, protocolVersion } from './process-limits.js';
import type { Answer } from './read-answer.js';

/** What an event is made of where states are kept; all but `value` only where the worker asks for it. */
const eventFields = ['topic', 'partition', 'offset', 'key', 'time', 'now', 'source', 'incarnation', 'headers'] as const;

export type EventField = (typeof eventFields)[number];

/** What was agreed on at the start of a process. */
export interface ProcessTerms {
  /** The process keeps states between batches: it speaks version 2 of the protocol. */
  readonly keepsStates: boolean;
  /** What it wants to know of an event besides its value. */
  readonly fields: ReadonlySet<EventField>;
}

/** Reads the terms from the answer to `hello`. @throws RecoveryError `invalid-worker` */
export function readTerms({ protocol, fields }: Answer): ProcessTerms {
  if (protocol !== protocolVersion && protocol !== keepingProtocol) {
    throw invalid(
      `it speaks version ${JSON.stringify(protocol)} of the protocol`,
      `answer hello with "protocol":${protocolVersion} or ${keepingProtocol}`,
    );
  }
  return { keepsStates: protocol === keepingProtocol, fields: new Set(readFields(fields)) };
}

function readFields(fields: unknown): readonly EventField[] {
  if (fields === undefined || fields === null) return eventFields;
  const list = Array.isArray(fields) ? (fields as readonly unknown[]) : null;
  if (list?.every((name) => name === 'value' || eventFields.includes(name as EventField)) !== true) {
    throw invalid('its fields are not a list of members of an event', `"fields":["value","key","now"]`);
  }
  return list.filter((name) => name !== 'value') as readonly EventField[];
}

function invalid(what: string, hint: string): RecoveryError {
  return new RecoveryError('invalid-worker', `the worker process is not a worker: ${what}`, { hint });
}
