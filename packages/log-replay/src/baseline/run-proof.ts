import type { EventLog, LongWork, RecordedRanks, ReplaySpec } from '@eventmend/core';
import type { ReplaySituation } from '../replay-situation.js';
import { runTuning } from '../threads/locate-replay.js';
import { carryOutProof } from './carry-out-proof.js';
import type { ProveJobData } from './prove-job.js';
import { proveSnapshots, type CutFinding, type Proof, type ProofRoot, type SnapshotCut } from './prove-snapshots.js';

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

/** Replays through the positions of snapshots of a situation. */
export async function runProof(run: ProofRun, work: LongWork): Promise<ProofOutcome> {
  const { situation, logs, recorded } = run;
  const { snapshots } = situation;
  if (snapshots === null) return { findings: [], elapsedMs: 0 };
  const proof = proofOfRun(run);
  const started = performance.now();
  const findings = await carryOutProof<readonly CutFinding[], ProveJobData>(
    {
      proof,
      situation,
      logs,
      recorded,
      module: '#prove-job',
      dataOf: (locators) =>
        snapshots.locator === undefined ? null : { proof, locators, snapshots: snapshots.locator },
      here: (inputs, control) => proveSnapshots(proof, inputs, (id) => snapshots.rows(id), control),
    },
    work,
  );
  return { findings, elapsedMs: performance.now() - started };
}

export function proofOfRun({ situation, spec, root, cuts }: ProofRun): Proof {
  return { spec, root, forced: [], cuts, tuning: runTuning(situation.tuning) };
}
