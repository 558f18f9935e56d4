import type { KeysOfPartition } from '../../evidence/reference-replay/plain-replay.js';
import { isBesideLog } from '../../engine/spec/spec-of-plan.js';
import type { LaneNumber } from '../../engine/store/run-store.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { Plan } from '../../model/plan/plan.js';
import type { LongWork, ProgressReport } from '../../model/strategy/strategy.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { VerificationRoute } from './derive-again.js';
import type { DerivationDigest } from './derivation-digest.js';
import { joinDerivations, type PartDerivation } from './join-derivations.js';

/**
 * Whether lanes derived apart come to what they come to together. Facts are set among the events of all partitions, and from
 * a snapshot that is not derived again every share would begin with all of it; where the worker drops fields, what it may have
 * had is told from all of it.
 */
export function mayBeShared(
  { worker, segments, baseline }: Pick<Plan, 'worker' | 'segments' | 'baseline'>,
  derivesBaseline: boolean,
  { normalise }: Pick<WorkerBasis['worker'], 'normalise'>,
): boolean {
  if (worker.locality !== 'partition' || segments.some(isBesideLog)) return false;
  if (derivesBaseline) return normalise === undefined;
  return baseline.every(({ source }) => source.kind === 'genesis');
}

/**
 * Derives shares of the lanes side by side and joins them. That a key stays in one partition is the promise that makes lanes
 * independent; where two shares name the same key, everything is derived in one, which judges that as it always does.
 * @param derive derives a route in a thread of its own
 */
export async function deriveShares(
  route: VerificationRoute,
  shares: readonly (readonly LaneNumber[])[],
  derive: (route: VerificationRoute, work: LongWork) => Promise<DerivationDigest>,
  work: LongWork,
): Promise<DerivationDigest> {
  const progress = shares.map((): ProgressReport | null => null);
  // One share that fails stops the others: nothing can be joined any more.
  const failure = new AbortController();
  const signal = work.signal === undefined ? failure.signal : AbortSignal.any([work.signal, failure.signal]);
  const outcomes = await Promise.allSettled(
    shares.map(async (lanes, share) => {
      try {
        return await derive(
          { ...route, lanes, listKeys: true },
          {
            signal,
            onProgress: (told) => {
              progress[share] = told;
              work.onProgress?.(addProgress(progress, told));
            },
          },
        );
      } catch (error) {
        failure.abort();
        throw error;
      }
    }),
  );
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }): unknown => reason);
  if (failed.length > 0) throw failed.find((error) => !isInterruption(error)) ?? failed[0];
  const parts = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (shareKeys(parts.map(({ keysOf = [] }) => keysOf))) return derive(route, work);
  return joinDerivations(parts as readonly PartDerivation[], shares);
}

/** Whether any key is named in partitions of two shares. Within a share this was looked for already. */
function shareKeys(shares: readonly (readonly KeysOfPartition[])[]): boolean {
  const owners = new Map<string, string>();
  for (const { partition, keys } of shares.flat()) {
    const name = partitionKey(partition);
    for (const key of keys) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, name);
      else if (owner !== name) return true;
    }
  }
  return false;
}

/** The last report, with what all of them have done. */
function addProgress(reports: readonly (ProgressReport | null)[], last: ProgressReport): ProgressReport {
  const sum = (of: (report: ProgressReport) => number): number =>
    reports.reduce((total, report) => total + (report === null ? 0 : of(report)), 0);
  return {
    ...last,
    done: Math.min(
      last.total,
      sum(({ done }) => done),
    ),
    quarantined: sum(({ quarantined }) => quarantined),
  };
}

function isInterruption(error: unknown): boolean {
  return isRecoveryError(error) && error.code === 'interrupted';
}
