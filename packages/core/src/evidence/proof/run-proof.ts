import type { LongWork } from '../../model/strategy/strategy.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import { offsetsOf, runTuning } from '../inputs/locate-replay.js';
import { jobModule, runJob, type JobInputs, type JobRun } from '../inputs/run-job.js';
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
  const started = performance.now();
  const [findings = []] = await runProofs([run], work);
  return { findings, elapsedMs: performance.now() - started };
}

/**
 * Carries out proofs of one situation in turn, in one thread: a thread that is started for each costs more than a short proof.
 * @returns what each found, in their order; those that were not begun when it was stopped are missing
 */
export async function runProofs(
  runs: readonly ProofRun[],
  work: LongWork,
): Promise<readonly (readonly CutFinding[])[]> {
  const [first] = runs;
  const snapshots = first?.situation.snapshots ?? null;
  if (first === undefined || snapshots === null) return [];
  const proofs = runs.map(proofOfRun);
  return runJob(
    first,
    {
      module: jobModule(import.meta.url, '#prove-job'),
      job: (await import('./prove-job.js')).default,
      request: (forced) => proofs.map((proof) => ({ ...proof, forced })),
      sources: { snapshots },
      recordBlocks: true,
      ...watchedProof(first),
      total: runs.reduce((sum, { spec }) => sum + offsetsOf(spec), 0),
    },
    work,
  );
}

export function proofOfRun({ situation, spec, root, cuts }: ProofRun): Proof {
  return { spec, root, forced: [], cuts, tuning: runTuning(situation.tuning) };
}

/** How a job that carries out a proof is watched. */
export function watchedProof({ spec }: ProofRun): Pick<JobRun<never, never, never>, 'spec' | 'phase' | 'total'> {
  return { spec, phase: 'prove', total: offsetsOf(spec) };
}
