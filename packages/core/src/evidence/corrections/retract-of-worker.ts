import { explainNotPlain } from '../../model/json/explain-not-plain.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Worker } from '../../worker/worker.js';
import type { CorrectionMaker } from './corrections-of-finding.js';

/**
 * The retractions that a worker declares.
 * @throws RecoveryError when one is asked: `worker-failed` where it throws, `non-json-value` where it gives what is not
 *   plain JSON
 */
export function retractOfWorker(worker: Worker): CorrectionMaker['retract'] {
  const declared = worker.outputs ?? {};
  return (output, recorded) => {
    const retract = Object.hasOwn(declared, output) ? declared[output]?.retract : undefined;
    if (retract === undefined) return null;
    const value = called(output, () => retract(recorded));
    const finding = explainNotPlain(value);
    if (finding === null) return { value };
    throw new RecoveryError(
      'non-json-value',
      `retract of output ${JSON.stringify(output)} gave no plain JSON: ${finding.reason}`,
      {
        hint: 'give the value that takes the wrong one back, as plain JSON data',
        details: { path: finding.path },
      },
    );
  };
}

function called(output: string, retract: () => unknown): unknown {
  try {
    return retract();
  } catch (cause) {
    throw new RecoveryError('worker-failed', `retract of output ${JSON.stringify(output)} threw`, {
      hint: 'it is called with values that the service recorded, which may look otherwise than those of this worker',
      cause,
    });
  }
}
