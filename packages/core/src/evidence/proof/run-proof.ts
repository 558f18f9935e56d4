import type { LongWork } from '../../model/strategy/strategy.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import { offsetsOf, runTuning } from '../inputs/locate-replay.js';
import { jobModule, runJob, type JobInputs, type JobRun } from '../inputs/run-job.js';
import proveJob from './prove-job.js';
import type { CutFinding, Proof, ProofRoot, SnapshotCut } from './prove-snapshots.js';

export interface ProofRun extends JobInputs {
  readonly spec: ReplaySpec;
  readonly root: ProofRoot | null;
  readonly cuts: readonly SnapshotCut[];
}

export interface ProofOutcome {
  readonly findings: readonly CutFinding[];
  readonly elapsedMs: number;
}

/** Replays through the positions of snapshots of a situation. */
export async function runProof(run: ProofRun, work: LongWork): Promise<ProofOutcome> {
  const { snapshots } = run.situation;
  if (snapshots === null) return { findings: [], elapsedMs: 0 };
  const proof = proofOfRun(run);
  const started = performance.now();
  const findings = await runJob(
    run,
    {
      module: jobModule(import.meta.url, '#prove-job'),
      job: proveJob,
      request: (forced) => ({ ...proof, forced }),
      sources: { snapshots },
      recordBlocks: true,
      ...watchedProof(run),
    },
    work,
  );
  return { findings, elapsedMs: performance.now() - started };
}

export function proofOfRun({ situation, spec, root, cuts }: ProofRun): Proof {
  return { spec, root, forced: [], cuts, tuning: runTuning(situation.tuning) };
}

/** How a job that carries out a proof is watched. */
export function watchedProof({ spec }: ProofRun): Pick<JobRun<never, never, never>, 'spec' | 'phase' | 'total'> {
  return { spec, phase: 'prove', total: offsetsOf(spec) };
}
