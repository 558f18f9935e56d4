import {
  adoptReplayInputs,
  localControl,
  type EventLog,
  type LongWork,
  type RecordedRanks,
  type ReplaySpec,
} from '@eventmend/core';
import type { ReplaySituation } from '../replay-situation.js';
import { defaultEventTimeoutMs, locateReplay, runTuning } from '../threads/locate-replay.js';
import type { ProveJobData } from './prove-job.js';
import { proveSnapshots, type CutFinding, type Proof, type ProofRoot, type SnapshotCut } from './prove-snapshots.js';
import { superviseProof } from './supervise-proof.js';

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
  const proving: Proof = { spec, root, forced: [], cuts, tuning: runTuning(situation.tuning) };
  const started = performance.now();
  const total = spec.partitions.reduce((sum, partition) => sum + partition.target - partition.next, 0);
  const tell = (done: number, quarantined: number): void =>
    work.onProgress?.({ phase: 'prove', done: Math.min(done, total), total, quarantined });
  const snapshots = situation.snapshots;
  if (snapshots === null) return { findings: [], elapsedMs: 0 };
  const locators = locateReplay(situation, proof.logs);
  if (locators !== null && snapshots.locator !== undefined) {
    const data: ProveJobData = { proof: proving, locators, snapshots: snapshots.locator };
    const eventTimeoutMs = situation.tuning?.eventTimeoutMs ?? defaultEventTimeoutMs;
    const findings = await superviseProof<readonly CutFinding[], ProveJobData>(
      { module: '#prove-job', data, poison: situation.poison, eventTimeoutMs, tell },
      work,
    );
    return { findings, elapsedMs: performance.now() - started };
  }
  const inputs = await adoptReplayInputs(proof.logs, situation.worker, situation.references, proof.recorded);
  const control = localControl({
    onProgress: ({ handled, quarantined }) => {
      tell(handled, quarantined);
    },
    ...(work.signal === undefined ? {} : { signal: work.signal }),
  });
  const findings = await proveSnapshots(proving, inputs, (id) => snapshots.rows(id), control);
  return { findings, elapsedMs: performance.now() - started };
}
