import {
  adoptReplayInputs,
  lanesOf,
  localControl,
  superviseJob,
  type EventLog,
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
  let findings: readonly CutFinding[];
  if (locators !== null && snapshots.locator !== undefined) {
    const data: ProveJobData = { spec, locators, snapshots: snapshots.locator, root, cuts, tuning };
    findings = await superviseJob<readonly CutFinding[]>({
      module: jobModule('#prove-job'),
      data,
      eventTimeoutMs: situation.tuning?.eventTimeoutMs ?? defaultEventTimeoutMs,
      describe: (place, offset) => describePlace(spec, place, offset),
      onObservation: ({ handled, quarantined }) => {
        tell(handled, quarantined);
      },
      ...(work.signal === undefined ? {} : { signal: work.signal }),
    });
  } else {
    const inputs = await adoptReplayInputs(proof.logs, situation.worker, situation.references, proof.recorded);
    const control = localControl({
      onProgress: ({ handled, quarantined }) => {
        tell(handled, quarantined);
      },
      ...(work.signal === undefined ? {} : { signal: work.signal }),
    });
    findings = await proveSnapshots(spec, inputs, root, cuts, (id) => snapshots.rows(id), tuning, control);
  }
  return { findings, elapsedMs: performance.now() - started };
}

/** Lanes of one partition all call it place 0; then only the offset is sure. */
function describePlace(spec: ReplaySpec, place: number, offset: number): string {
  const partition = lanesOf(spec).length === 1 ? spec.partitions[place]?.id : undefined;
  return partition === undefined ? `offset ${offset}` : `${partition.topic}[${partition.partition}]@${offset}`;
}
