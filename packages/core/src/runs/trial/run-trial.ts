import { specOfPlan, type ReplayablePlan } from '../../engine/spec/spec-of-plan.js';
import type { Job } from '../../engine/threads/job-thread.js';
import { offsetsOf, runTuning } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { runJob } from '../../evidence/inputs/run-job.js';
import { refuseInterrupted } from '../../evidence/proof/refuse-interrupted.js';
import type { Plan } from '../../model/plan/plan.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { TrialReplay } from './replay-trial.js';

/** A way through the logs of a survey. */
export type TrialWay = Pick<Plan, 'baseline' | 'segments' | 'target' | 'logEnd'>;

type ReplayableWay = ReplayablePlan & Pick<Plan, 'baseline'>;

/** A way as the engine takes it: what stands in, or states a fact, may name any key. */
export function replayableWay(way: TrialWay, { situation, survey }: PreparedInputs): ReplayableWay {
  const { order, poison } = situation;
  return { worker: { locality: 'global' }, order, poison, acceptGaps: true, logs: survey.logs, ...way };
}

/** What a trial does with its replay. */
interface TrialJob<Own, Outcome> {
  /** URL of the job's module. */
  readonly module: string;
  readonly job: Job<TrialReplay & Own, { readonly snapshots: SnapshotSource | null }, Outcome>;
  /** What it asks beside the replay. Plain data. */
  readonly own: Own;
}

/**
 * Runs a trial in a thread of its own where that can be, over all logs of the survey.
 * @throws RecoveryError what the worker throws under `poison: stop`; `interrupted`
 */
export async function runTrial<Own extends object, Outcome>(
  prepared: PreparedInputs,
  way: ReplayableWay,
  { module, job, own }: TrialJob<Own, Outcome>,
  work: LongWork,
): Promise<Outcome> {
  const { situation, survey } = prepared;
  const spec = specOfPlan(
    way,
    survey.logs.map(({ description }) => description),
  );
  const replay = { spec, baseline: way.baseline, tuning: runTuning(situation.tuning) };
  const outcome = await runJob(
    prepared,
    {
      module,
      job,
      request: (forced) => ({ ...own, ...replay, forced }),
      sources: { snapshots: situation.snapshots },
      spec,
      phase: 'prove',
      total: offsetsOf(spec),
    },
    work,
  );
  refuseInterrupted(work.signal);
  return outcome;
}
