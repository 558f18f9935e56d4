import type { LongWork } from '@eventmend/core';
import type { RecoveryInputs } from '@eventmend/core/engine';
import type { DiagnoseOptions } from './diagnose-options.js';
import type { Diagnosis } from './diagnosis.js';

/**
 * Says what went wrong in the live service: which events it missed, handled twice, out of order or wrongly, judged from
 * the states that it had just before each of them. Proves the snapshots on the way, as `plan` does. Writes into the
 * store only: the diagnosis, and every fault as a line of `faults.ndjson`.
 * @throws RecoveryError `no-trusted-state` where no state is known to be right, `interrupted` when it was stopped; the
 *   errors of records, log and worker
 */
export async function diagnose(
  situation: RecoveryInputs,
  options: DiagnoseOptions = {},
  work: LongWork = {},
): Promise<Diagnosis> {
  // Recovering needs none of it: loaded on use.
  const { diagnoseIncident } = await import('./diagnose-incident.js');
  return diagnoseIncident(situation, options, work);
}
