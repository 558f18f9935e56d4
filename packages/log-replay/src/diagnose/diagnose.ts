import type { LongWork } from '@eventmend/core';
import type { RecoveryInputs, ScopeRequest } from '@eventmend/core/engine';
import type { Diagnosis } from './diagnosis.js';

export interface DiagnoseOptions {
  /** Limits the diagnosis to some keys and all that events connect with them; everything where absent. */
  readonly scope?: ScopeRequest;
  /** The user accepts that events draw further keys into the scope. */
  readonly acceptClosure?: boolean;
  /** Measures how far the order of the partitions matters, also where records tell what really happened. */
  readonly orderSensitivity?: boolean;
  /** Seed of all that is sampled; 1 by default. */
  readonly seed?: number;
}

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
