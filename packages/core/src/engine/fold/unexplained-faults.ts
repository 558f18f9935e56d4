import { RecoveryError } from '../../model/errors/recovery-error.js';
import { AnswerRefused, type ProcessBroken } from '../../worker/process/process-fault.js';
import type { Worker } from '../../worker/worker.js';
import type { GatheredEvent } from './gathered-event.js';

/** More of a kind are no chance. */
const maxViolations = 3;
const maxBreaks = 20;

/** Counts faults of a process that keeps states for which no event is to blame: without kept states all went well. */
export class UnexplainedFaults {
  readonly #worker: Worker;
  #violations = 0;
  #breaks = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /**
   * @param event the first that was concerned
   * @returns true where the process is better done with otherwise
   * @throws RecoveryError `worker-protocol-violation` where it keeps answering what counts for nothing
   */
  note(fault: ProcessBroken | AnswerRefused, event: GatheredEvent | null): boolean {
    if (!isViolation(fault)) return ++this.#breaks >= maxBreaks;
    if (++this.#violations < maxViolations) return false;
    const { name, version } = this.#worker;
    const where = event === null ? '' : ` from ${event.id.topic}[${event.id.partition}]@${event.offset} on`;
    throw new RecoveryError(
      'worker-protocol-violation',
      `worker ${name}@${version}: where its process keeps states${where}, and only there, ${fault.message}`,
      { hint: 'eventmend worker conformance looks closer; a process that answers hello with "protocol":1 keeps none' },
    );
  }
}

/** States that are too long for a line are nobody's fault, and neither is an end or a time limit. */
function isViolation(fault: ProcessBroken | AnswerRefused): boolean {
  return fault instanceof AnswerRefused ? fault.code !== 'worker-failed' : fault.reason.kind === 'protocol';
}
