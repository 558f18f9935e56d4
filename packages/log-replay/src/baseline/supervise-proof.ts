import {
  endlessEvent,
  isRecoveryError,
  nameEvent,
  superviseJob,
  type ForcedQuarantine,
  type LongWork,
  type PoisonPolicy,
} from '@eventmend/core';
import { jobModule } from '../threads/locate-replay.js';
import type { Proof } from './prove-snapshots.js';

/** A job whose data hold the proof that it carries out. */
export interface SupervisedProof<Data extends { readonly proof: Proof }> {
  readonly module: Parameters<typeof jobModule>[0];
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
  const { spec } = data.proof;
  const forced: ForcedQuarantine[] = [...data.proof.forced];
  for (;;) {
    try {
      return await superviseJob<Result>({
        module: jobModule(module),
        data: { ...data, proof: { ...data.proof, forced } },
        eventTimeoutMs,
        describe: (at) => nameEvent(spec, at),
        onObservation: ({ handled, quarantined }) => {
          tell(handled, quarantined);
        },
        ...(work.signal === undefined ? {} : { signal: work.signal }),
      });
    } catch (error) {
      if (!isRecoveryError(error) || error.code !== 'EM3003' || poison === 'stop') throw error;
      const endless = endlessEvent(spec, error);
      const again = forced.some(
        (one) => one.offset === endless?.offset && one.partition.partition === endless.partition.partition,
      );
      if (endless === null || again) throw error;
      forced.push(endless);
    }
  }
}
