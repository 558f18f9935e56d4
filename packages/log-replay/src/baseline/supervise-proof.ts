import type { LongWork, PoisonPolicy } from '@eventmend/core';
import type { JobName } from '../threads/locate-replay.js';
import { superviseParking } from '../threads/supervise-parking.js';
import type { Proof } from './prove-snapshots.js';

/** A job whose data hold the proof that it carries out. */
export interface SupervisedProof<Data extends { readonly proof: Proof }> {
  readonly module: JobName;
  readonly data: Data;
  readonly poison: PoisonPolicy;
  readonly eventTimeoutMs: number;
  readonly tell: (handled: number, quarantined: number) => void;
}

/**
 * Carries a proof out in a thread that can be ended. Begins anew, with the event parked, when one does not end and the
 * policy is to park such events.
 * @throws RecoveryError EM3003 for an event that does not end; whatever the job throws
 */
export async function superviseProof<Result, Data extends { readonly proof: Proof }>(
  { module, data, poison, eventTimeoutMs, tell }: SupervisedProof<Data>,
  work: LongWork,
): Promise<Result> {
  const { spec, forced } = data.proof;
  return superviseParking<Result>(
    {
      module,
      spec,
      poison,
      eventTimeoutMs,
      forced,
      data: (parked): Data => ({ ...data, proof: { ...data.proof, forced: parked } }),
      tell,
    },
    work,
  );
}
