import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { HiddenOffsets } from '../../evidence/coverage/hide-offsets.js';
import { offsetsOf, runTuning } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { jobModule, runJob } from '../../evidence/inputs/run-job.js';
import { refuseInterrupted } from '../../evidence/proof/refuse-interrupted.js';
import type { Plan } from '../../model/plan/plan.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { MarkedOutcome } from './marked-replay.js';
import markedReplayJob from './marked-replay-job.js';

/** A way through the logs, and which of its events are looked at. */
export interface TriedWay {
  readonly plan: Pick<Plan, 'baseline' | 'segments' | 'target' | 'logEnd'>;
  readonly marked: readonly HiddenOffsets[];
  /** Keys whose states are told whatever names them. */
  readonly alsoOf: readonly string[];
}

/**
 * Carries a way out in memory, over all logs of the survey, and tells what its marked events come to.
 * @throws RecoveryError what the worker throws under `poison: stop`; `interrupted`
 */
export async function tryWay(
  prepared: PreparedInputs,
  { plan, marked, alsoOf }: TriedWay,
  work: LongWork,
): Promise<MarkedOutcome | null> {
  const { situation, survey } = prepared;
  const { order, poison } = situation;
  const spec = specOfPlan(
    // A row of another system may name any key.
    { worker: { locality: 'global' }, order, poison, acceptGaps: true, logs: survey.logs, ...plan },
    survey.logs.map(({ description }) => description),
  );
  const request = { spec, baseline: plan.baseline, tuning: runTuning(situation.tuning), marked, alsoOf };
  const outcome = await runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#marked-replay-job'),
      job: markedReplayJob,
      request: (forced) => ({ ...request, forced }),
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
