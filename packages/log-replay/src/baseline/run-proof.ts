import {
  adoptReplayInputs,
  endlessEvent,
  isRecoveryError,
  localControl,
  nameEvent,
  superviseJob,
  type EventLog,
  type ForcedQuarantine,
  type LongWork,
  type RecordedRanks,
  type ReplaySpec,
} from '@eventmend/core';
import type { ReplaySituation } from '../replay-situation.js';
import { defaultEventTimeoutMs, jobModule, locateReplay, runTuning } from '../threads/locate-replay.js';
import type { ProveJobData } from './prove-job.js';
import { proveSnapshots, type CutFinding, type ProofRoot, type SnapshotCut } from './prove-snapshots.js';

export interface ProofRun {
  readonly situation: ReplaySituation;
  readonly spec: ReplaySpec;
  readonly logs: readonly EventLog[];
  readonly recorded: RecordedRanks | null;
  readonly root: ProofRoot | null;
  readonly cuts: readonly SnapshotCut[];
}

export interface ProofOutcome {
  readonly findings: readonly CutFinding[];
  readonly elapsedMs: number;
}

/** Carries a proof out, in a supervised thread wherever everything can be opened there. */
export async function runProof(proof: ProofRun, work: LongWork): Promise<ProofOutcome> {
  const { situation, spec, root, cuts } = proof;
  const started = performance.now();
  const total = spec.partitions.reduce((sum, partition) => sum + partition.target - partition.next, 0);
  const tell = (done: number, quarantined: number): void =>
    work.onProgress?.({ phase: 'prove', done: Math.min(done, total), total, quarantined });
  const tuning = runTuning(situation.tuning);
  const snapshots = situation.snapshots;
  if (snapshots === null) return { findings: [], elapsedMs: 0 };
  const locators = locateReplay(situation, proof.logs);
  if (locators !== null && snapshots.locator !== undefined) {
    const data: ProveJobData = { spec, locators, snapshots: snapshots.locator, root, forced: [], cuts, tuning };
    const findings = await proveInThread(data, situation, tell, work);
    return { findings, elapsedMs: performance.now() - started };
  }
  const inputs = await adoptReplayInputs(proof.logs, situation.worker, situation.references, proof.recorded);
  const control = localControl({
    onProgress: ({ handled, quarantined }) => {
      tell(handled, quarantined);
    },
    ...(work.signal === undefined ? {} : { signal: work.signal }),
  });
  const findings = await proveSnapshots(spec, inputs, root, [], cuts, (id) => snapshots.rows(id), tuning, control);
  return { findings, elapsedMs: performance.now() - started };
}

/** Begins anew, with the event parked, when one does not end and the policy is to park such events. */
async function proveInThread(
  data: ProveJobData,
  situation: ReplaySituation,
  tell: (done: number, quarantined: number) => void,
  work: LongWork,
): Promise<readonly CutFinding[]> {
  const forced: ForcedQuarantine[] = [];
  for (;;) {
    try {
      return await superviseJob<readonly CutFinding[]>({
        module: jobModule('#prove-job'),
        data: { ...data, forced },
        eventTimeoutMs: situation.tuning?.eventTimeoutMs ?? defaultEventTimeoutMs,
        describe: (at) => nameEvent(data.spec, at),
        onObservation: ({ handled, quarantined }) => {
          tell(handled, quarantined);
        },
        ...(work.signal === undefined ? {} : { signal: work.signal }),
      });
    } catch (error) {
      if (!isRecoveryError(error) || error.code !== 'EM3003' || situation.poison === 'stop') throw error;
      const endless = endlessEvent(data.spec, error);
      const again = forced.some(
        (one) => one.offset === endless?.offset && one.partition.partition === endless.partition.partition,
      );
      if (endless === null || again) throw error;
      forced.push(endless);
    }
  }
}
