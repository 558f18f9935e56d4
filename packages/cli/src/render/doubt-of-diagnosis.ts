import type { Diagnosis } from '@eventmend/log-replay';
import { formatTime } from '../terminal/format.js';

/**
 * Why the faults may be the worker's and not the service's; null where nothing speaks for that.
 * @param onset when the error began, as the incident gives it; null where it does not
 */
export function doubtOfDiagnosis(diagnosis: Diagnosis, onset: number | null): string | null {
  const { workerCheck, first } = diagnosis;
  if (first === null) return null;
  if (!workerCheck.checked) {
    return `nothing shows that the worker does what the service did, so the faults may be its own: ${workerCheck.reason}`;
  }
  const found = diagnosis.onset?.time ?? null;
  if (onset === null || found === null || found >= onset) return null;
  return `faults before ${formatTime(onset)} UTC, when the error is said to have begun: it began earlier, or the worker is not what the service ran`;
}
